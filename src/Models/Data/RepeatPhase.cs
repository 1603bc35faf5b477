namespace Vitrine.Models.Data;

/// <summary>How many windows of text repeat themselves in a part of the training.</summary>
/// <param name="Steps">How many steps the phase lasts.</param>
/// <param name="Share">The share of windows that repeat, 0 … 1.</param>
public sealed record RepeatPhase(int Steps, float Share);
