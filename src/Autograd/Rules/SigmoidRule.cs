using Vitrine.Tensors;

namespace Vitrine.Autograd;

public static partial class TapeOps
{
    /// <summary><c>1 / (1 + e⁻ˣ)</c>, differentiable; see <see cref="Ops.Sigmoid"/>.</summary>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var Sigmoid(this Tape tape, Var x)
    {
        Tensor<float> y = Ops.Sigmoid(x.Value);
        return tape.Record(new SigmoidRule(x, y), y);
    }
}

/// <summary><c>y = σ(x): dX += dY ∘ y ∘ (1 − y) = dY ∘ y − dY ∘ y²</c></summary>
internal sealed class SigmoidRule(Var x, Tensor<float> y) : Rule(x)
{
    private readonly Saved<float> _y = new(y);

    public override void Backward(Tensor<float> dY)
    {
        using Tensor<float> slope = Ops.Square(_y.For(this));
        Ops.Subtract(_y.For(this), slope, into: slope);
        Ops.Multiply(slope, dY, into: Into(x), accumulate: true);
    }
}
