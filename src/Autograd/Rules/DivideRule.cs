using Vitrine.Tensors;

namespace Vitrine.Autograd;

public static partial class TapeOps
{
    /// <summary><c>a / b</c> with broadcasting, differentiable; see
    /// <see cref="Ops.Divide"/>.</summary>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var Divide(this Tape tape, Var a, Var b) =>
        tape.Record(new DivideRule(a, b), Ops.Divide(a.Value, b.Value));
}

/// <summary><c>y = a / b: dA += dY / b, dB += −dY ∘ a / b²</c>, each summed over the axes along
/// which its operand was broadcast.</summary>
internal sealed class DivideRule(Var a, Var b) : Rule(a, b)
{
    private readonly Saved<float> _a = new(a.Value);
    private readonly Saved<float> _b = new(b.Value);

    public override void Backward(Tensor<float> dY)
    {
        if (Wants(a))
        {
            using Tensor<float> dA = Ops.Divide(dY, _b.For(this));
            AddTo(a, dA);
        }

        if (Wants(b))
        {
            Tensor<float> b0 = _b.For(this);
            using Tensor<float> dB = Ops.Multiply(dY, _a.For(this));
            Ops.Divide(dB, b0, into: dB);
            Ops.Divide(dB, b0, into: dB);
            Ops.Negate(dB, into: dB);
            AddTo(b, dB);
        }
    }
}
