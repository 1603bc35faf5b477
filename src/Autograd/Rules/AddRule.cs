using Vitrine.Tensors;

namespace Vitrine.Autograd;

public static partial class TapeOps
{
    /// <summary><c>a + b</c> with broadcasting, differentiable; see
    /// <see cref="Ops.Add"/>.</summary>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var Add(this Tape tape, Var a, Var b) =>
        tape.Record(new AddRule(a, b), Ops.Add(a.Value, b.Value));
}

/// <summary><c>y = a + b: dA += dY, dB += dY</c>, each summed over the axes along which its
/// operand was broadcast.</summary>
internal sealed class AddRule(Var a, Var b) : Rule(a, b)
{
    public override void Backward(Tensor<float> dY)
    {
        if (Wants(a))
        {
            AddTo(a, dY);
        }

        if (Wants(b))
        {
            AddTo(b, dY);
        }
    }
}
