namespace Vitrine.Interp.Patching;

/// <summary>The effect of each direct path from a head to a later head or the logits.</summary>
/// <param name="Paths">Every path, in the order of senders, then receivers.</param>
/// <param name="Clean">The clean prompts' tokens: the base run.</param>
/// <param name="Corrupt">The corrupt prompts' tokens: the source for the senders.</param>
/// <param name="Answers">The token that continues each clean prompt.</param>
/// <param name="Versus">The token it is compared with, or null.</param>
/// <param name="Metric">The metric for the paths.</param>
/// <param name="ValueClean">The clean run's value.</param>
/// <param name="ValueCorrupt">The corrupt run's value.</param>
public sealed record PathPatchingResult(
    IReadOnlyList<PatchedPath> Paths,
    IReadOnlyList<int[]> Clean,
    IReadOnlyList<int[]> Corrupt,
    IReadOnlyList<int> Answers,
    IReadOnlyList<int>? Versus,
    MetricKind Metric,
    double ValueClean,
    double ValueCorrupt) : Analysis(
        "paths",
        "Which paths between heads carry it?",
        "share of the clean run's effect (0 = corrupt, 1 = clean: the path carries nothing)",
        "The sender's z comes from the corrupt run and every other head's is frozen at the clean "
        + "run; the receiver reads the result, and everything after it is recomputed (Wang et al. "
        + "2022).")
{
    /// <summary>The paths whose corruption lowers the metric most.</summary>
    /// <param name="count">How many at most.</param>
    public IReadOnlyList<PatchedPath> Strongest(int count) =>
        [.. Paths.OrderByDescending(path => Math.Abs(path.Effect)).Take(count)];
}

/// <summary>A path from a head to its reader.</summary>
/// <param name="Sender">The head that writes.</param>
/// <param name="Receiver">The head that reads; null for the logits.</param>
/// <param name="Input"><c>q</c>, <c>k</c>, <c>v</c>, or <c>logits</c>.</param>
/// <param name="Value">The normalised metric with this path corrupted.</param>
public sealed record PatchedPath(Head Sender, Head? Receiver, string Input, double Value)
{
    /// <summary>The change from corrupting the path: <see cref="Value"/> − 1.</summary>
    public double Effect => Value - 1;
}
