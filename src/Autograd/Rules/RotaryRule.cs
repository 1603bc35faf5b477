using Vitrine.Tensors;

namespace Vitrine.Autograd;

public static partial class TapeOps
{
    /// <summary>Rotates pairs of entries by the angle of their position, differentiable; see
    /// <see cref="Ops.Rotary"/>. The tables are constants.</summary>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var Rotary(
        this Tape tape, Var x, Tensor<float> cos, Tensor<float> sin,
        RotaryPairing pairing = RotaryPairing.Halves) =>
        tape.Record(
            new RotaryRule(x, cos, sin, pairing), Ops.Rotary(x.Value, cos, sin, pairing));
}

/// <summary><c>y = R(θ) x: dX += R(−θ) dY</c></summary>
internal sealed class RotaryRule(Var x, Tensor<float> cos, Tensor<float> sin, RotaryPairing pairing)
    : Rule(x)
{
    private readonly Saved<float> _cos = new(cos);
    private readonly Saved<float> _sin = new(sin);

    public override void Backward(Tensor<float> dY) => Ops.RotaryBackward(
        _cos.For(this), _sin.For(this), dY, pairing, into: Into(x), accumulate: true);
}
