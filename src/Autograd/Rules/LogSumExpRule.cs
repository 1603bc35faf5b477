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
        return tape.Record(new LogSumExpRule(x, axis, keepAxis), y);
    }
}

/// <summary><c>y = log Σ exp x: dX += dY ∘ softmax(x)</c>, from the numbers themselves: exp(x − y)
/// would carry the rounding of a large y.</summary>
internal sealed class LogSumExpRule(Var x, int? axis, bool keepAxis) : Rule(x)
{
    private readonly Saved<float> _x = new(x.Value);

    public override void Backward(Tensor<float> dY)
    {
        Tensor<float> all = _x.For(this);
        using Tensor<float> softmax = axis is null ? all.Clone() : Ops.Softmax(all, axis.Value);
        if (axis is null)
        {
            Tensor<float> row = softmax.Reshape(-1);
            Ops.Softmax(row, 0, into: row);
        }

        Ops.Multiply(
            softmax, Spread(dY, x.Shape, axis, keepAxis), into: Into(x), accumulate: true);
    }
}
