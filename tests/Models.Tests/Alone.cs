namespace Vitrine.Models.Tests;

/// <summary>Tests that set the number of threads or count allocations, which others would
/// disturb.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
