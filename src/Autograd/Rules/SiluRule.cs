using Vitrine.Tensors;

namespace Vitrine.Autograd;

public static partial class TapeOps
{
    /// <summary>Every element times its logistic function (Elfwing et al. 2018), also called swish. Differentiable; see <see cref="Ops.Silu"/>.</summary>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var Silu(this Tape tape, Var x) =>
        tape.Record(new SiluRule(x), Ops.Silu(x.Value));
}

/// <summary><c>dX += dY · σ(x) · (1 + x · (1 − σ(x)))</c></summary>
internal sealed class SiluRule(Var x) : Rule(x)
{
    private readonly Saved<float> _x = new(x.Value);

    public override void Backward(Tensor<float> dY) =>
        Ops.SiluBackward(_x.For(this), dY, into: Into(x), accumulate: true);
}
