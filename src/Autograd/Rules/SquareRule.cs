using Vitrine.Tensors;

namespace Vitrine.Autograd;

public static partial class TapeOps
{
    /// <summary><c>x²</c>, differentiable; see <see cref="Ops.Square"/>.</summary>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var Square(this Tape tape, Var x) =>
        tape.Record(new SquareRule(x), Ops.Square(x.Value));
}

/// <summary><c>y = x²: dX += 2 dY ∘ x</c></summary>
internal sealed class SquareRule(Var x) : Rule(x)
{
    private readonly Saved<float> _x = new(x.Value);

    public override void Backward(Tensor<float> dY)
    {
        using Tensor<float> product = Ops.Multiply(dY, _x.For(this));
        Ops.Scale(product, 2, into: Into(x), accumulate: true);
    }
}
