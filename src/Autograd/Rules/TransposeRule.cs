using Vitrine.Tensors;

namespace Vitrine.Autograd;

public static partial class TapeOps
{
    /// <summary>Two axes exchanged, by default the last two, a view, differentiable; see
    /// <see cref="Tensor{T}.Transpose(int, int)"/>.</summary>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var Transpose(this Tape tape, Var x, int axis = -2, int other = -1) =>
        tape.Record(new TransposeRule(x, axis, other), x.Value.Transpose(axis, other));
}

/// <summary><c>y = xᵀ: dX += dYᵀ</c></summary>
internal sealed class TransposeRule(Var x, int axis, int other) : Rule(x)
{
    public override void Backward(Tensor<float> dY) => AddTo(x, dY.Transpose(axis, other));
}
