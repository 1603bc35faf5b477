using Vitrine.Tensors;

namespace Vitrine.Autograd;

public static partial class TapeOps
{
    /// <summary><c>a + factor · b</c> with broadcasting, differentiable; see
    /// <see cref="Ops.AddScaled"/>.</summary>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var AddScaled(this Tape tape, Var a, Var b, float factor) =>
        tape.Record(new AddScaledRule(a, b, factor), Ops.AddScaled(a.Value, b.Value, factor));
}

/// <summary><c>y = a + factor · b: dA += dY, dB += factor · dY</c>, each summed over the axes along
/// which its operand was broadcast.</summary>
internal sealed class AddScaledRule(Var a, Var b, float factor) : Rule(a, b)
{
    public override void Backward(Tensor<float> dY)
    {
        if (Wants(a))
        {
            AddTo(a, dY);
        }

        if (Wants(b))
        {
            using Tensor<float> dB = Ops.Scale(dY, factor);
            AddTo(b, dB);
        }
    }
}
