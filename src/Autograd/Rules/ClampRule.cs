using Vitrine.Tensors;

namespace Vitrine.Autograd;

public static partial class TapeOps
{
    /// <summary>Every element, kept within bounds. Differentiable; see
    /// <see cref="Ops.Clamp"/>.</summary>
    /// <param name="tape">The tape that records it.</param>
    /// <param name="x">float32 [...].</param>
    /// <param name="least">The lower bound; −∞ for none.</param>
    /// <param name="most">The upper bound; ∞ for none.</param>
    /// <returns>float32, x's shape.</returns>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var Clamp(this Tape tape, Var x, float least, float most) =>
        tape.Record(new ClampRule(x, least, most), Ops.Clamp(x.Value, least, most));
}

/// <summary><c>dX += dY where least ≤ x ≤ most</c></summary>
internal sealed class ClampRule(Var x, float least, float most) : Rule(x)
{
    private readonly Saved<float> _x = new(x.Value);

    public override void Backward(Tensor<float> dY) => Ops.ClampBackward(
        _x.For(this), dY, least, most, into: Into(x), accumulate: true);
}
