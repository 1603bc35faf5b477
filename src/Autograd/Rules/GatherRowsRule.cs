using Vitrine.Tensors;

namespace Vitrine.Autograd;

public static partial class TapeOps
{
    /// <summary><c>y[…, :] = table[indices[…], :]</c>, differentiable by the table; see
    /// <c>Ops.GatherRows</c>.</summary>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var GatherRows(this Tape tape, Var table, Tensor<int> indices) =>
        table.Stored is { } stored ? tape.GatherRows(stored, indices)
        : tape.Record(new GatherRowsRule(table, indices), Ops.GatherRows(table.Value, indices));

    /// <summary><c>y[…, :] = table[indices[…], :]</c> of a table of any element type: a
    /// constant.</summary>
    /// <inheritdoc cref="Tape.Own" path="/exception"/>
    public static Var GatherRows(this Tape tape, Weight table, Tensor<int> indices) =>
        new(tape.Own(Ops.GatherRows(table, indices)));
}

/// <summary><c>y[i, :] = table[indices[i], :]: dTable[indices[i], :] += dY[i, :]</c></summary>
internal sealed class GatherRowsRule(Var table, Tensor<int> indices) : Rule(table)
{
    private readonly Saved<int> _indices = new(indices);

    public override void Backward(Tensor<float> dY) =>
        Ops.ScatterAddRows(Into(table), _indices.For(this), dY);
}
