using Vitrine.Tensors;

namespace Vitrine.Autograd;

public static partial class TapeOps
{
    /// <summary><c>factor · x</c>, differentiable; see <see cref="Ops.Scale"/>.</summary>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var Scale(this Tape tape, Var x, float factor) =>
        tape.Record(new ScaleRule(x, factor), Ops.Scale(x.Value, factor));
}

/// <summary><c>y = factor · x: dX += factor · dY</c></summary>
internal sealed class ScaleRule(Var x, float factor) : Rule(x)
{
    public override void Backward(Tensor<float> dY) =>
        Ops.Scale(dY, factor, into: Into(x), accumulate: true);
}
