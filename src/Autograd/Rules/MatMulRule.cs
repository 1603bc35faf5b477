using Vitrine.Tensors;

namespace Vitrine.Autograd;

public static partial class TapeOps
{
    /// <summary><c>alpha · a b</c>, batched over leading axes, differentiable; see
    /// <c>Ops.MatMul</c>.</summary>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var MatMul(this Tape tape, Var a, Var b, float alpha = 1) =>
        b.Stored is { } stored ? tape.MatMul(a, stored, alpha)
        : tape.Record(new MatMulRule(a, b, alpha), Ops.MatMul(a.Value, b.Value, alpha));

    /// <summary><c>alpha · a b</c> with a weight of any element type, which is a constant:
    /// differentiable by <paramref name="a"/>.</summary>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var MatMul(this Tape tape, Var a, Weight b, float alpha = 1) =>
        tape.Record(new MatMulByWeightRule(a, b, alpha), Ops.MatMul(a.Value, b, alpha));
}

/// <summary><c>y = α a b: dA += α dY bᵀ</c>, summed over the batch axes along which a was
/// broadcast; b is a constant.</summary>
internal sealed class MatMulByWeightRule(Var a, Weight b, float alpha) : Rule(a)
{
    private readonly SavedWeight _b = new(b);

    public override void Backward(Tensor<float> dY)
    {
        Weight b = _b.For(this);
        if (a.Shape.With(-1, 1) == Output.Shape.With(-1, 1))
        {
            Ops.MatMul(dY, b.Transpose(), alpha, into: Into(a), accumulate: true);
            return;
        }

        using Tensor<float> dA = Ops.MatMul(dY, b.Transpose(), alpha);
        AddTo(a, dA);
    }
}

/// <summary><c>y = α a b: dA += α dY bᵀ, dB += α aᵀ dY</c>, each summed over the batch axes along
/// which its operand was broadcast.</summary>
internal sealed class MatMulRule(Var a, Var b, float alpha) : Rule(a, b)
{
    private readonly Saved<float> _a = new(a.Value);
    private readonly Saved<float> _b = new(b.Value);

    public override void Backward(Tensor<float> dY)
    {
        if (Wants(a))
        {
            AddProduct(a, dY, _b.For(this).Transpose());
        }

        if (Wants(b))
        {
            AddProduct(b, _a.For(this).Transpose(), dY);
        }
    }

    private void AddProduct(Var input, Tensor<float> left, Tensor<float> right)
    {
        if (Batch(input) == Batch(Output))
        {
            Ops.MatMul(left, right, alpha, into: Into(input), accumulate: true);
            return;
        }

        using Tensor<float> product = Ops.MatMul(left, right, alpha);
        AddTo(input, product);
    }

    private static Shape Batch(Var x) => x.Shape.Without(-1).Without(-1);
}
