using Vitrine.Interp.Heads;
using Vitrine.Interp.Patching;
using Vitrine.Models;
using Vitrine.Tensors;

namespace Vitrine.Interp.Induction;

/// <summary>Whether the induction heads, and no others of their layers, make the second copy
/// easy.</summary>
internal static class InductionAblation
{
    /// <summary>Ablates the heads together and, as a control, the same number of other heads in
    /// their layers.</summary>
    /// <remarks>The control is the worst case: among all sets of as many other heads, at most
    /// <see cref="ControlHeads.Most"/> drawn by the seed, the one that removes most of the gain. A
    /// head chosen by number could do nothing.</remarks>
    public static AblationClaim Of(
        Transformer model, RepeatedTokens repeats, Head[] heads, ulong seed)
    {
        using Tensor<int> tokens = model.Batch([.. repeats.Sequences]);
        RepeatLossAblation without = Ablation.RepeatLoss(model, tokens, heads, AblationKind.Mean);
        IReadOnlyList<Head[]> controls = ControlHeads.Of(heads, model.Config.Heads, seed);
        AblationTrial? worst = null;
        if (controls.Count > 0)
        {
            var trials = AblationTrials.Of(model, repeats);
            worst = controls.Select(others => trials.Without(others, AblationKind.Mean))
                .MaxBy(trial => trial.Without.Value);
        }

        double? othersRemoved = worst is null ? null : Share(worst.Without.Value);
        return new AblationClaim(
            [.. heads.Select(head => head.ToString())],
            without.Second.Value, without.SecondAblated.Value, worst?.Without.Value,
            worst is null ? [] : [.. worst.Heads.Select(head => head.ToString())],
            without.First.Value, without.RemovedShare, othersRemoved,
            (without.SecondAblated.High - without.SecondAblated.Low) / 2,
            FormattableString.Invariant(
                $"removes at least {100 * InductionOptions.LeastRemoved:F0}% of the second copy's ")
            + (worst is null ? "gain; the layer has no other heads" : FormattableString.Invariant(
                $"gain, other heads less than {100 * InductionOptions.MostRemovedByOthers:F0}%")),
            without.Gain > 0 && without.RemovedShare >= InductionOptions.LeastRemoved
                && (othersRemoved ?? 0) < InductionOptions.MostRemovedByOthers)
        {
            Controls = controls.Count,
        };

        double Share(double ablated) =>
            without.Gain > 0 ? (ablated - without.Second.Value) / without.Gain : 0;
    }
}
