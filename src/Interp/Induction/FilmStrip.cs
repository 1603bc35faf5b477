using Vitrine.Interp.Heads;
using Vitrine.Models;
using Vitrine.Tensors;

namespace Vitrine.Interp.Induction;

/// <summary>Patterns of heads on one sequence of repeated random tokens, checkpoint after
/// checkpoint.</summary>
public static class FilmStrip
{
    /// <summary>The patterns of some heads at a checkpoint.</summary>
    /// <param name="model">The model as it was then; borrowed.</param>
    /// <param name="step">The checkpoint.</param>
    /// <param name="tokens">The sequence: the first of these.</param>
    /// <param name="heads">Which heads.</param>
    public static IReadOnlyList<PhasePattern> Of(
        Transformer model, int step, RepeatedTokens tokens, IReadOnlyList<Head> heads)
    {
        using Tensor<int> batch = Tensor.From<int>(tokens.Sequences[0], [1, tokens.Positions]);
        string[] names = [.. heads.Select(head => HookNames.Pattern(head.Layer)).Distinct()];
        using ActivationCache cache = model.RunWithCache(batch, names);
        return
        [
            .. heads.Select(head => new PhasePattern(
                head.ToString(), step,
                Convert.ToBase64String(
                    [
                        .. cache.Head(HookNames.Pattern(head.Layer), head.Index).ToArray()
                            .Select(weight => (byte)MathF.Round(255 * Math.Clamp(weight, 0, 1))),
                    ]))),
        ];
    }
}
