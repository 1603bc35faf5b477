using Vitrine.Tensors;

namespace Vitrine.Autograd;

public static partial class TapeOps
{
    /// <summary><c>√x</c>, differentiable; see <see cref="Ops.Sqrt"/>.</summary>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var Sqrt(this Tape tape, Var x)
    {
        Tensor<float> y = Ops.Sqrt(x.Value);
        return tape.Record(new SqrtRule(x, y), y);
    }
}

/// <summary><c>y = √x: dX += dY / 2y</c></summary>
internal sealed class SqrtRule(Var x, Tensor<float> y) : Rule(x)
{
    private readonly Saved<float> _y = new(y);

    public override void Backward(Tensor<float> dY)
    {
        using Tensor<float> quotient = Ops.Divide(dY, _y.For(this));
        Ops.Scale(quotient, 0.5f, into: Into(x), accumulate: true);
    }
}
