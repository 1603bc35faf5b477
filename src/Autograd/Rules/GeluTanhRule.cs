using Vitrine.Tensors;

namespace Vitrine.Autograd;

public static partial class TapeOps
{
    /// <summary>The approximation of GELU by a hyperbolic tangent (Hendrycks and Gimpel 2016), used by GPT-2. Differentiable; see <see cref="Ops.GeluTanh"/>.</summary>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var GeluTanh(this Tape tape, Var x) =>
        tape.Record(new GeluTanhRule(x), Ops.GeluTanh(x.Value));
}

/// <summary><c>dX += dY · (s + x · s · (1 − s) · (2u)′),  s = σ(2u)</c></summary>
internal sealed class GeluTanhRule(Var x) : Rule(x)
{
    private readonly Saved<float> _x = new(x.Value);

    public override void Backward(Tensor<float> dY) =>
        Ops.GeluTanhBackward(_x.For(this), dY, into: Into(x), accumulate: true);
}
