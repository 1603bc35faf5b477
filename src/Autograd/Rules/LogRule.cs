using Vitrine.Tensors;

namespace Vitrine.Autograd;

public static partial class TapeOps
{
    /// <summary><c>log x</c>, differentiable; see <see cref="Ops.Log"/>.</summary>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var Log(this Tape tape, Var x) =>
        tape.Record(new LogRule(x), Ops.Log(x.Value));
}

/// <summary><c>y = log x: dX += dY / x</c></summary>
internal sealed class LogRule(Var x) : Rule(x)
{
    private readonly Saved<float> _x = new(x.Value);

    public override void Backward(Tensor<float> dY) =>
        Ops.Divide(dY, _x.For(this), into: Into(x), accumulate: true);
}
