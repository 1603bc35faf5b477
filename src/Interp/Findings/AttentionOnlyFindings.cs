using Vitrine.Interp.Circuits;
using Vitrine.Interp.Studies;
using Vitrine.Models.Training;

namespace Vitrine.Interp.Findings;

/// <summary>What the analysis of an attention-only model found.</summary>
internal static class AttentionOnlyFindings
{
    /// <summary>The sentences, the most important first.</summary>
    public static IReadOnlyList<Finding> Of(AttentionOnlyAnalysis analysis) =>
    [
        .. analysis.Induction is { } circuit ? InductionFindings.Of(circuit) : [],
        .. analysis.Copied is { } copied
            ? [InductionFindings.Of(copied)] : Array.Empty<Finding>(),
        .. analysis.Reward is { } reward
            ? [InductionFindings.Of(reward)] : Array.Empty<Finding>(),
        LossFindings.Of(analysis.Losses),
        HeadFindings.Of(analysis.Heads),
        .. CircuitFindings.Brief(analysis.Circuits),
        .. analysis.Paths is { } paths ? [LossFindings.Of(paths)] : Array.Empty<Finding>(),
    ];

    /// <summary>The lead: the induction circuit and how it formed, or what one layer does and how
    /// well.</summary>
    /// <param name="analysis">What was found.</param>
    /// <param name="recipe">How the model was trained.</param>
    /// <param name="oneLayer">The held-out loss of a 1-layer model on the same text; null for
    /// none.</param>
    public static Prose Lead(AttentionOnlyAnalysis analysis, Recipe recipe, double? oneLayer) =>
        analysis.Induction is { } circuit
            ? Prose.Joined(
                [
                    InductionFindings.Head(circuit),
                    TrainingFindings.Of(
                        recipe, analysis.Losses, oneLayer,
                        formed: circuit.Score >= Induction.InductionOptions.LeastScore),
                ])
            : OneLayer(analysis, recipe);

    private static Prose OneLayer(AttentionOnlyAnalysis analysis, Recipe recipe)
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
            TrainingFindings.Of(recipe, analysis.Losses, oneLayer: null, formed: false),
            (heads.Length == 1 ? new Prose() : new Prose("Through head ").Head(best.Head).Text(", "))
                .Add(CircuitFindings.RaiseThemselves(best)),
        ]);
    }
}
