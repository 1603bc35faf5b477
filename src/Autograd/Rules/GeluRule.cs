using Vitrine.Tensors;

namespace Vitrine.Autograd;

public static partial class TapeOps
{
    /// <summary>Every element times the normal distribution function (Hendrycks and Gimpel 2016), the exact form. Differentiable; see <see cref="Ops.Gelu"/>.</summary>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var Gelu(this Tape tape, Var x) =>
        tape.Record(new GeluRule(x), Ops.Gelu(x.Value));
}

/// <summary><c>dX += dY · (Φ(x) + x · φ(x)),  φ(x) = e^(−x²/2) / √(2π)</c></summary>
internal sealed class GeluRule(Var x) : Rule(x)
{
    private readonly Saved<float> _x = new(x.Value);

    public override void Backward(Tensor<float> dY) =>
        Ops.GeluBackward(_x.For(this), dY, into: Into(x), accumulate: true);
}
