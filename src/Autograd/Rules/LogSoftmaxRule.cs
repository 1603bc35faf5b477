using Vitrine.Tensors;

namespace Vitrine.Autograd;

public static partial class TapeOps
{
    /// <summary><c>x − log Σ exp x</c> along an axis, differentiable; see
    /// <see cref="Ops.LogSoftmax"/>.</summary>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var LogSoftmax(this Tape tape, Var x, int axis = -1)
    {
        Tensor<float> y = Ops.LogSoftmax(x.Value, axis);
        return tape.Record(new LogSoftmaxRule(x, y, axis), y);
    }
}

/// <summary><c>y = log softmax x: dX += dY − exp(y) Σ dY</c></summary>
internal sealed class LogSoftmaxRule(Var x, Tensor<float> y, int axis) : Rule(x)
{
    private readonly Saved<float> _y = new(y);

    public override void Backward(Tensor<float> dY) =>
        Ops.LogSoftmaxBackward(_y.For(this), dY, axis, into: Into(x), accumulate: true);
}
