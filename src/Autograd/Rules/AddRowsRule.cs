using Vitrine.Tensors;

namespace Vitrine.Autograd;

public static partial class TapeOps
{
    /// <summary>A copy of x with rows added at indices, differentiable; see
    /// <see cref="Ops.ScatterAddRows"/>.
    /// <code>y = x,  y[indices[i], :] += rows[i, :]</code></summary>
    /// <param name="tape">The tape that records it.</param>
    /// <param name="x">float32 [n, dim].</param>
    /// <param name="indices">int32 [m], each in 0 … n − 1.</param>
    /// <param name="rows">float32 [m, dim].</param>
    /// <returns>float32 [n, dim].</returns>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var AddRows(this Tape tape, Var x, Tensor<int> indices, Var rows) => tape.Record(
        new AddRowsRule(x, indices, rows),
        Ops.ScatterAddRows(x.Value.Clone(), indices, rows.Value));
}

/// <summary><c>y = x, y[indices[i], :] += rows[i, :]: dX += dY, dRows[i, :] += dY[indices[i],
/// :]</c></summary>
internal sealed class AddRowsRule(Var x, Tensor<int> indices, Var rows) : Rule(x, rows)
{
    private readonly Saved<int> _indices = new(indices);

    public override void Backward(Tensor<float> dY)
    {
        if (Wants(x))
        {
            AddTo(x, dY);
        }

        if (Wants(rows))
        {
            using Tensor<float> dRows = Ops.GatherRows(dY, _indices.For(this));
            AddTo(rows, dRows);
        }
    }
}
