using Vitrine.Tensors;

namespace Vitrine.Autograd;

public static partial class TapeOps
{
    /// <summary><c>1/n Σ x</c> over one axis or, without one, over all elements, differentiable;
    /// see <see cref="Ops.Mean"/>.</summary>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var Mean(this Tape tape, Var x, int? axis = null, bool keepAxis = false) =>
        tape.Record(new MeanRule(x, axis, keepAxis), Ops.Mean(x.Value, axis, keepAxis));
}

/// <summary><c>y = 1/n Σ x: dX += dY / n</c></summary>
internal sealed class MeanRule(Var x, int? axis, bool keepAxis) : Rule(x)
{
    public override void Backward(Tensor<float> dY)
    {
        long n = axis is { } along ? x.Shape[along] : x.Value.Length;
        Ops.Scale(Spread(dY, x.Shape, axis, keepAxis), 1f / n, into: Into(x), accumulate: true);
    }
}
