using Vitrine.Tensors;

namespace Vitrine.Autograd;

public static partial class TapeOps
{
    /// <summary><c>|x|</c>, differentiable; see <see cref="Ops.Abs"/>; the derivative at 0 is
    /// 0.</summary>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var Abs(this Tape tape, Var x) =>
        tape.Record(new AbsRule(x), Ops.Abs(x.Value));
}

/// <summary><c>y = |x|: dX += dY ∘ sign x, and 0 where x = 0</c></summary>
internal sealed class AbsRule(Var x) : Rule(x)
{
    private readonly Saved<float> _x = new(x.Value);

    public override void Backward(Tensor<float> dY)
    {
        // sign x = x / (|x| + δ): δ is lost in the rounding of any |x| above 1e-30, and 0 / δ is 0.
        using Tensor<float> delta = Tensor.Full([], 1.17549435e-38f, dY.Device);
        using Tensor<float> sign = Ops.Abs(_x.For(this));
        Ops.Add(sign, delta, into: sign);
        Ops.Divide(_x.For(this), sign, into: sign);
        Ops.Multiply(sign, dY, into: Into(x), accumulate: true);
    }
}
