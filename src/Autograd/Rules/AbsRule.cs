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
        using Tensor<float> sign = Ops.Sign(_x.For(this));
        Ops.Multiply(sign, dY, into: Into(x), accumulate: true);
    }
}
