using Vitrine.Interp;
using Vitrine.Interp.Losses;
using Vitrine.Interp.Patching;

namespace Vitrine.Explorer;

/// <summary>What <c>vt-ablation</c> draws: the loss without some heads, on each of some
/// texts.</summary>
/// <param name="Groups">One a text.</param>
/// <param name="Unit">The unit of the losses.</param>
/// <param name="Spread">What the lines through the bars are: <c>95% over 64 sequences</c>.</param>
internal sealed record AblationFigure(
    IReadOnlyList<AblationGroup> Groups, string Unit = "nats per token", string? Spread = null);

/// <summary>The losses on one text.</summary>
/// <param name="Name">The text: <c>random repeats, second half</c>.</param>
/// <param name="Intact">The loss of the whole model.</param>
/// <param name="Rows">The losses without heads.</param>
/// <param name="Reference">Another loss to compare with: that of the first half.</param>
internal sealed record AblationGroup(
    string Name,
    double Intact,
    IReadOnlyList<AblationRow> Rows,
    AblationReference? Reference = null)
{
    /// <summary>The group of ablations on one text.</summary>
    /// <param name="name">The text.</param>
    /// <param name="rows">A name for each ablation, and whether it is the yardstick.</param>
    /// <exception cref="ArgumentException">There is no ablation.</exception>
    public static AblationGroup Of(
        string name,
        params IReadOnlyList<(string Name, AblationResult Result, bool Others)> rows) =>
        rows.Count > 0
            ? new(
                name,
                rows[0].Result.Before.Value,
                [
                    .. rows.Select(row =>
                        RowOf(row.Name, row.Result.Heads, row.Result.After, row.Others)),
                ])
            : throw new ArgumentException(
                $"AblationGroup: `{name}` needs at least one ablation; got none.", nameof(rows));

    /// <summary>The group of ablations on repeated tokens: the loss within the second copy, beside
    /// that within the first.</summary>
    /// <param name="name">The text.</param>
    /// <param name="rows">A name for each ablation, and whether it is the yardstick.</param>
    /// <exception cref="ArgumentException">There is no ablation.</exception>
    public static AblationGroup OfRepeats(
        string name,
        params IReadOnlyList<(string Name, RepeatLossAblation Result, bool Others)> rows) =>
        rows.Count > 0
            ? new(
                name,
                rows[0].Result.Second.Value,
                [
                    .. rows.Select(row =>
                        RowOf(row.Name, row.Result.Heads, row.Result.SecondAblated, row.Others)),
                ],
                new AblationReference("first copy", rows[0].Result.First.Value))
            : throw new ArgumentException(
                $"AblationGroup: `{name}` needs at least one ablation; got none.", nameof(rows));

    private static AblationRow RowOf(
        string name, IReadOnlyList<Head> heads, LossEstimate loss, bool others) =>
        new(name, [.. heads.Select(head => head.ToString())], loss.Value, loss.Low, loss.High)
        {
            Others = others,
        };
}

/// <summary>A loss beside the intact one.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Value">The loss.</param>
internal sealed record AblationReference(string Name, double Value);

/// <summary>The loss without some heads.</summary>
/// <param name="Name">What is left out.</param>
/// <param name="Heads">The heads, as <c>1.2</c>.</param>
/// <param name="Value">The loss without them.</param>
/// <param name="Low">The lower end of its interval.</param>
/// <param name="High">The upper end of its interval.</param>
internal sealed record AblationRow(
    string Name,
    IReadOnlyList<string> Heads,
    double Value,
    double? Low = null,
    double? High = null)
{
    /// <summary>Whether this is the yardstick: as many other heads.</summary>
    public bool Others { get; init; }
}
