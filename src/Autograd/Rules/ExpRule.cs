using Vitrine.Tensors;

namespace Vitrine.Autograd;

public static partial class TapeOps
{
    /// <summary><c>exp x</c>, differentiable; see <see cref="Ops.Exp"/>.</summary>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var Exp(this Tape tape, Var x)
    {
        Tensor<float> y = Ops.Exp(x.Value);
        return tape.Record(new ExpRule(x, y), y);
    }
}

/// <summary><c>y = exp x: dX += dY ∘ y</c></summary>
internal sealed class ExpRule(Var x, Tensor<float> y) : Rule(x)
{
    private readonly Saved<float> _y = new(y);

    public override void Backward(Tensor<float> dY) =>
        Ops.Multiply(dY, _y.For(this), into: Into(x), accumulate: true);
}
