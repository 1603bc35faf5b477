using Vitrine.Tensors;

namespace Vitrine.Autograd;

public static partial class TapeOps
{
    /// <summary><c>a ∘ b</c> with broadcasting, differentiable; see
    /// <see cref="Ops.Multiply"/>.</summary>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var Multiply(this Tape tape, Var a, Var b) =>
        tape.Record(new MultiplyRule(a, b), Ops.Multiply(a.Value, b.Value));
}

/// <summary><c>y = a ∘ b: dA += dY ∘ b, dB += dY ∘ a</c>, each summed over the axes along which its
/// operand was broadcast.</summary>
internal sealed class MultiplyRule(Var a, Var b) : Rule(a, b)
{
    private readonly Saved<float> _a = new(a.Value);
    private readonly Saved<float> _b = new(b.Value);

    public override void Backward(Tensor<float> dY)
    {
        if (Wants(a))
        {
            using Tensor<float> dA = Ops.Multiply(dY, _b.For(this));
            AddTo(a, dA);
        }

        if (Wants(b))
        {
            using Tensor<float> dB = Ops.Multiply(dY, _a.For(this));
            AddTo(b, dB);
        }
    }
}
