using Vitrine.Tensors;

namespace Vitrine.Autograd;

public static partial class TapeOps
{
    /// <summary><c>tanh x</c>, differentiable; see <see cref="Ops.Tanh"/>.</summary>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var Tanh(this Tape tape, Var x)
    {
        Tensor<float> y = Ops.Tanh(x.Value);
        return tape.Record(new TanhRule(x, y), y);
    }
}

/// <summary><c>y = tanh x: dX += dY ∘ (1 − y²) = dY − dY ∘ y²</c></summary>
internal sealed class TanhRule(Var x, Tensor<float> y) : Rule(x)
{
    private readonly Saved<float> _y = new(y);

    public override void Backward(Tensor<float> dY)
    {
        using Tensor<float> part = Ops.Square(_y.For(this));
        Ops.Multiply(dY, part, into: part);
        Ops.Subtract(dY, part, into: Into(x), accumulate: true);
    }
}
