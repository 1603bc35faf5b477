namespace Vitrine.Interp.Patching;

/// <summary>How far each patch of a sweep restores the clean run.</summary>
/// <param name="Site">Which activation was patched.</param>
/// <param name="Scope">The scope of a cell.</param>
/// <param name="RowAxis">The row axis: <c>layer</c> or <c>head</c>.</param>
/// <param name="Rows">The rows' labels: layers, or heads as <c>1.3</c>.</param>
/// <param name="ColumnAxis">The column axis: <c>pos</c> or <c>head</c>.</param>
/// <param name="Columns">How many columns there are.</param>
/// <param name="Clean">The clean prompts' tokens.</param>
/// <param name="Corrupt">The corrupt prompts' tokens.</param>
/// <param name="Answers">The token that continues each clean prompt.</param>
/// <param name="Versus">The token it is compared with, or null.</param>
/// <param name="Metric">The metric for the patches.</param>
/// <param name="ValueClean">The clean run's value.</param>
/// <param name="ValueCorrupt">The corrupt run's value.</param>
/// <param name="Values">[row, column]: 0 = corrupt, 1 = clean; not limited to this range.</param>
/// <param name="Skipped">[row, column]: whether the cell equals the corrupt run by causality and
/// was not computed.</param>
/// <param name="Details">The strongest cells, by <c>row,column</c>.</param>
/// <param name="Approx">[row, column]: the gradient's approximation, or null.</param>
public sealed record PatchingSweep(
    PatchSite Site,
    PatchScope Scope,
    string RowAxis,
    IReadOnlyList<string> Rows,
    string ColumnAxis,
    int Columns,
    IReadOnlyList<int[]> Clean,
    IReadOnlyList<int[]> Corrupt,
    IReadOnlyList<int> Answers,
    IReadOnlyList<int>? Versus,
    MetricKind Metric,
    double ValueClean,
    double ValueCorrupt,
    double[][] Values,
    bool[][] Skipped,
    IReadOnlyDictionary<string, PatchDetail> Details,
    double[][]? Approx = null) : Analysis(
        "patching",
        "Which activations carry it?",
        "share of the clean run's effect (0 = corrupt, 1 = clean)",
        $"Clean {Site} patched into the corrupt run, "
        + $"{(Scope == PatchScope.Position ? "one position" : "all positions")} per cell; (value − "
        + "corrupt) / (clean − corrupt) at the last position"
        + (Approx is null ? "."
            : "; approximated by the gradient at the corrupt run, with the largest error as the "
                + "residual."))
{
    /// <summary>The cells by their effect on the metric, strongest first.</summary>
    /// <param name="count">How many at most.</param>
    public IReadOnlyList<(int Row, int Column, double Value)> Strongest(int count) =>
    [
        .. Enumerable.Range(0, Rows.Count)
            .SelectMany(row => Enumerable.Range(0, Columns).Select(column => (row, column)))
            .Where(cell => !Skipped[cell.row][cell.column])
            .Select(cell => (cell.row, cell.column, Values[cell.row][cell.column]))
            .OrderByDescending(cell => Math.Abs(cell.Item3))
            .Take(count),
    ];

    /// <summary>Correlation of the approximation with the exact values over the cells that were
    /// computed; null without one, or if either is constant.</summary>
    public double? ApproxCorrelation => Approx is null ? null : Spread.Correlation(
        [.. Strongest(int.MaxValue).Select(cell => (cell.Value, Approx[cell.Row][cell.Column]))]);
}

/// <summary>The details of one patch.</summary>
/// <param name="Hook">The activation's name.</param>
/// <param name="Head">The head within the layer, or null.</param>
/// <param name="Position">The position, or null for all.</param>
/// <param name="Restored">The normalised metric.</param>
/// <param name="Clean">The metric of the clean run.</param>
/// <param name="Corrupt">The metric of the corrupt run.</param>
/// <param name="Patched">The metric of the patched run.</param>
/// <param name="Approximation">The gradient's approximation of <paramref name="Restored"/>, or
/// null.</param>
/// <param name="TopClean">The predictions of the clean run for the first pair.</param>
/// <param name="TopCorrupt">The predictions of the corrupt run.</param>
/// <param name="TopPatched">The predictions of the patched run.</param>
public sealed record PatchDetail(
    string Hook,
    int? Head,
    int? Position,
    double Restored,
    double Clean,
    double Corrupt,
    double Patched,
    double? Approximation,
    IReadOnlyList<PredictedToken> TopClean,
    IReadOnlyList<PredictedToken> TopCorrupt,
    IReadOnlyList<PredictedToken> TopPatched)
{
    /// <summary>The answers, then the likeliest tokens of the three runs, each with its
    /// probability in all of them.</summary>
    internal IReadOnlyList<ComparedToken> Compared { get; init; } = [];
}

/// <summary>A token's probability in the three runs.</summary>
internal sealed record ComparedToken(int Id, double Clean, double Corrupt, double Patched);

/// <summary>A token that a run predicts.</summary>
/// <param name="Id">The token.</param>
/// <param name="Probability">Its probability.</param>
public sealed record PredictedToken(int Id, double Probability);
