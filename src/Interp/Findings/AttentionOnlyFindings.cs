using Vitrine.Interp.Circuits;
using Vitrine.Interp.Studies;

namespace Vitrine.Interp.Findings;

/// <summary>What the analysis of an attention-only model found.</summary>
internal static class AttentionOnlyFindings
{
    /// <summary>The sentences, the most important first.</summary>
    public static IReadOnlyList<Finding> Of(AttentionOnlyAnalysis analysis) =>
    [
        .. analysis.Induction is { } circuit ? InductionFindings.Of(circuit) : [],
        .. analysis.Reward is { } reward
            ? [InductionFindings.Of(reward)] : Array.Empty<Finding>(),
        LossFindings.Of(analysis.Losses),
        HeadFindings.Of(analysis.Heads),
        .. CircuitFindings.Of(analysis.Circuits),
        .. analysis.Paths is { } paths ? [LossFindings.Of(paths)] : Array.Empty<Finding>(),
    ];

    /// <summary>The lead: the induction circuit, or what one layer does and how well.</summary>
    public static Prose Lead(AttentionOnlyAnalysis analysis) => analysis.Induction switch
    {
        { Score: >= Induction.InductionOptions.LeastScore } circuit =>
            InductionFindings.Head(circuit),
        { } circuit => Prose.Joined(
            [InductionFindings.Head(circuit), LossFindings.Of(analysis.Losses).Text]),
        null => OneLayer(analysis),
    };

    private static Prose OneLayer(AttentionOnlyAnalysis analysis)
    {
        Copying[] heads = [.. analysis.Circuits.Heads.Select(head => head.Copying)];
        Copying best = heads.MaxBy(copying => copying.Tokens.RaiseSelf)!;
        return Prose.Joined(
        [
            heads.Length == 1
                ? "One attention head and no MLP: the head finds a source token (QK) and moves it "
                    + "to the output (OV)."
                : $"{heads.Length} attention heads and no MLP: each finds a source token (QK) and "
                    + "moves it to the output (OV).",
            LossFindings.Of(analysis.Losses).Text,
            (heads.Length == 1 ? "Of " : new Prose("Through head ").Head(best.Head).Text(", of "))
                .Add(CircuitFindings.RaiseThemselves(best)),
        ]);
    }
}
