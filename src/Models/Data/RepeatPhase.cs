namespace Vitrine.Models.Data;

/// <summary>How many windows of text repeat themselves in a part of the training, and
/// how.</summary>
/// <param name="Steps">How many steps the phase lasts.</param>
/// <param name="Share">The share of windows that repeat, 0 … 1.</param>
/// <param name="Halves">The share of these whose second half repeats their first half, 0 … 1:
/// repetition at a fixed distance, which helps induction heads to form. In the others a passage
/// recurs somewhere after itself.</param>
public sealed record RepeatPhase(int Steps, float Share, float Halves = 0);
