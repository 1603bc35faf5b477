using Vitrine.Tensors;

namespace Vitrine.Autograd;

public static partial class TapeOps
{
    /// <summary>The values that a pattern mixes, z, differentiable; see
    /// <see cref="Ops.AttentionMix"/>.</summary>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var AttentionMix(this Tape tape, Var pattern, Var v) =>
        tape.Record(new AttentionMixRule(pattern, v), Ops.AttentionMix(pattern.Value, v.Value));
}

/// <summary><c>z = pattern v: dPattern += dZ vᵀ, dV += patternᵀ dZ</c>, summed over the heads that
/// share a key head.</summary>
internal sealed class AttentionMixRule(Var pattern, Var v) : Rule(pattern, v)
{
    private readonly Saved<float> _pattern = new(pattern.Value);
    private readonly Saved<float> _v = new(v.Value);

    public override void Backward(Tensor<float> dZ) => Ops.AttentionMixBackward(
        _pattern.For(this), _v.For(this), dZ, IntoIfWanted(pattern), IntoIfWanted(v));
}
