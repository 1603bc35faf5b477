using Vitrine.Tensors;

namespace Vitrine.Autograd;

public static partial class TapeOps
{
    /// <summary>The positive part of every element. Differentiable; see <see cref="Ops.Relu"/>.</summary>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var Relu(this Tape tape, Var x) =>
        tape.Record(new ReluRule(x), Ops.Relu(x.Value));
}

/// <summary><c>dX += dY where x > 0, else 0</c></summary>
internal sealed class ReluRule(Var x) : Rule(x)
{
    private readonly Saved<float> _x = new(x.Value);

    public override void Backward(Tensor<float> dY) =>
        Ops.ReluBackward(_x.For(this), dY, into: Into(x), accumulate: true);
}
