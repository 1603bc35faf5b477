using Vitrine.Tensors;

namespace Vitrine.Autograd;

public static partial class TapeOps
{
    /// <summary><c>exp x / Σ exp x</c> along an axis, differentiable; see
    /// <see cref="Ops.Softmax"/>.</summary>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var Softmax(this Tape tape, Var x, int axis = -1)
    {
        Tensor<float> y = Ops.Softmax(x.Value, axis);
        return tape.Record(new SoftmaxRule(x, y, axis), y);
    }
}

/// <summary><c>y = softmax x: dX += y ∘ (dY − Σ dY ∘ y)</c></summary>
internal sealed class SoftmaxRule(Var x, Tensor<float> y, int axis) : Rule(x)
{
    private readonly Saved<float> _y = new(y);

    public override void Backward(Tensor<float> dY) =>
        Ops.SoftmaxBackward(_y.For(this), dY, axis, into: Into(x), accumulate: true);
}
