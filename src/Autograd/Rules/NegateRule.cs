using Vitrine.Tensors;

namespace Vitrine.Autograd;

public static partial class TapeOps
{
    /// <summary><c>−x</c>, differentiable; see <see cref="Ops.Negate"/>.</summary>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var Negate(this Tape tape, Var x) =>
        tape.Record(new NegateRule(x), Ops.Negate(x.Value));
}

/// <summary><c>y = −x: dX += −dY</c></summary>
internal sealed class NegateRule(Var x) : Rule(x)
{
    public override void Backward(Tensor<float> dY) =>
        Ops.Negate(dY, into: Into(x), accumulate: true);
}
