using Vitrine.Tensors;

namespace Vitrine.Autograd;

public static partial class TapeOps
{
    /// <summary><c>1/√x</c>, differentiable; see <see cref="Ops.Rsqrt"/>.</summary>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var Rsqrt(this Tape tape, Var x)
    {
        Tensor<float> y = Ops.Rsqrt(x.Value);
        return tape.Record(new RsqrtRule(x, y), y);
    }
}

/// <summary><c>y = x^(−1/2): dX += −½ dY ∘ y³</c></summary>
internal sealed class RsqrtRule(Var x, Tensor<float> y) : Rule(x)
{
    private readonly Saved<float> _y = new(y);

    public override void Backward(Tensor<float> dY)
    {
        using Tensor<float> cube = Ops.Square(_y.For(this));
        Ops.Multiply(cube, _y.For(this), into: cube);
        Ops.Multiply(cube, dY, into: cube);
        Ops.Scale(cube, -0.5f, into: Into(x), accumulate: true);
    }
}
