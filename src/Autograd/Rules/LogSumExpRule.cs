using Vitrine.Tensors;

namespace Vitrine.Autograd;

public static partial class TapeOps
{
    /// <summary><c>log Σ exp x</c> over one axis or, without one, over all elements,
    /// differentiable; see <see cref="Ops.LogSumExp"/>.</summary>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var LogSumExp(this Tape tape, Var x, int? axis = null, bool keepAxis = false)
    {
        Tensor<float> y = Ops.LogSumExp(x.Value, axis, keepAxis);
        return tape.Record(new LogSumExpRule(x, y, axis, keepAxis), y);
    }
}

/// <summary><c>y = log Σ exp x: dX += dY ∘ exp(x − y)</c></summary>
internal sealed class LogSumExpRule(Var x, Tensor<float> y, int? axis, bool keepAxis) : Rule(x)
{
    private readonly Saved<float> _x = new(x.Value);
    private readonly Saved<float> _y = new(y);

    public override void Backward(Tensor<float> dY)
    {
        using Tensor<float> softmax =
            Ops.Subtract(_x.For(this), Spread(_y.For(this), x.Shape, axis, keepAxis));
        Ops.Exp(softmax, into: softmax);
        Ops.Multiply(
            softmax, Spread(dY, x.Shape, axis, keepAxis), into: Into(x), accumulate: true);
    }
}
