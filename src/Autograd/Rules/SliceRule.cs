using Vitrine.Tensors;

namespace Vitrine.Autograd;

public static partial class TapeOps
{
    /// <summary>The part <c>[start, start + length)</c> of one axis, a view, differentiable; see
    /// <see cref="Tensor{T}.Slice"/>.</summary>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var Slice(this Tape tape, Var x, int axis, int start, int length) =>
        tape.Record(new SliceRule(x, axis, start, length), x.Value.Slice(axis, start, length));
}

/// <summary><c>y = x[start : start + length]: dX[start : start + length] += dY</c></summary>
internal sealed class SliceRule(Var x, int axis, int start, int length) : Rule(x)
{
    public override void Backward(Tensor<float> dY)
    {
        Tensor<float> part = Into(x).Slice(axis, start, length);
        Ops.Add(part, dY, into: part);
    }
}
