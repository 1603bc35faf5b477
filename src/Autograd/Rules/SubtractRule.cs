using Vitrine.Tensors;

namespace Vitrine.Autograd;

public static partial class TapeOps
{
    /// <summary><c>a − b</c> with broadcasting, differentiable; see
    /// <see cref="Ops.Subtract"/>.</summary>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var Subtract(this Tape tape, Var a, Var b) =>
        tape.Record(new SubtractRule(a, b), Ops.Subtract(a.Value, b.Value));
}

/// <summary><c>y = a − b: dA += dY, dB += −dY</c>, each summed over the axes along which its
/// operand was broadcast.</summary>
internal sealed class SubtractRule(Var a, Var b) : Rule(a, b)
{
    public override void Backward(Tensor<float> dY)
    {
        if (Wants(a))
        {
            AddTo(a, dY);
        }

        if (Wants(b))
        {
            using Tensor<float> dB = Ops.Negate(dY);
            AddTo(b, dB);
        }
    }
}
