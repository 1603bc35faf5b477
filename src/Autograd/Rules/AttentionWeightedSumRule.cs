using Vitrine.Tensors;

namespace Vitrine.Autograd;

public static partial class TapeOps
{
    /// <summary>The values that a pattern mixes, z, differentiable; see
    /// <see cref="Ops.AttentionWeightedSum"/>.</summary>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var AttentionWeightedSum(this Tape tape, Var pattern, Var v) =>
        tape.Record(
            new AttentionWeightedSumRule(pattern, v),
            Ops.AttentionWeightedSum(pattern.Value, v.Value));
}

/// <summary><c>z = pattern v: dPattern += dZ vᵀ, dV += patternᵀ dZ</c>, summed over the heads that
/// share a key head.</summary>
internal sealed class AttentionWeightedSumRule(Var pattern, Var v) : Rule(pattern, v)
{
    private readonly Saved<float> _pattern = new(pattern.Value);
    private readonly Saved<float> _v = new(v.Value);

    public override void Backward(Tensor<float> dZ) => Ops.AttentionWeightedSumBackward(
        _pattern.For(this), _v.For(this), dZ, IntoIfWanted(pattern), IntoIfWanted(v));
}
