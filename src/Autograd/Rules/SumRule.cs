using Vitrine.Tensors;

namespace Vitrine.Autograd;

public static partial class TapeOps
{
    /// <summary><c>Σ x</c> over one axis or, without one, over all elements, differentiable; see
    /// <see cref="Ops.Sum"/>.</summary>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var Sum(this Tape tape, Var x, int? axis = null, bool keepAxis = false) =>
        tape.Record(new SumRule(x, axis, keepAxis), Ops.Sum(x.Value, axis, keepAxis));
}

/// <summary><c>y = Σ x: dX += dY, the same for every x of the sum</c></summary>
internal sealed class SumRule(Var x, int? axis, bool keepAxis) : Rule(x)
{
    public override void Backward(Tensor<float> dY) =>
        AddTo(x, Spread(dY, x.Shape, axis, keepAxis));
}
