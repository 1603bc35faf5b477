namespace Vitrine.Interp.Tests;

/// <summary>Tests that set the number of threads, which is one for the process, run by
/// themselves.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
