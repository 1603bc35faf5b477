using Vitrine.Tensors;

namespace Vitrine.Autograd;

public static partial class TapeOps
{
    /// <summary>Other axes over the same elements, a view, differentiable; see
    /// <see cref="Tensor{T}.Reshape"/>.</summary>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var Reshape(this Tape tape, Var x, params ReadOnlySpan<int> lengths) =>
        tape.Record(new ReshapeRule(x), x.Value.Reshape(lengths));
}

/// <summary><c>y[i] = x[i]</c> in row-major order: <c>dX[i] += dY[i]</c></summary>
internal sealed class ReshapeRule(Var x) : Rule(x)
{
    public override void Backward(Tensor<float> dY)
    {
        Span<int> lengths = stackalloc int[Shape.MaxRank];
        x.Shape.CopyTo(lengths);
        AddTo(x, dY.Reshape(lengths[..x.Shape.Rank]));
    }
}
