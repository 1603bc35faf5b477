namespace Vitrine.Tensors;

/// <content>GatherRows.</content>
public static partial class Ops
{
    /// <summary>The rows of a table selected by indices: an embedding lookup.</summary>
    /// <remarks>
    /// <para>y[…, j] = table[indices[…], j]. Exact.</para>
    /// </remarks>
    /// <param name="table">float32 [rows, dim], any strides.</param>
    /// <param name="indices">int32 [...], each in 0 … rows − 1.</param>
    /// <param name="into">Where the rows go; a new tensor, owned by the caller, if null.</param>
    /// <returns>The destination, float32 [..., dim].</returns>
    /// <exception cref="ShapeException">The table does not have two axes, or
    /// <paramref name="into"/> has another shape.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside the table.</exception>
    public static Tensor<float> GatherRows(
        Tensor<float> table, Tensor<int> indices, Tensor<float>? into = null) =>
        GatherRows(table, null, indices, into);

    /// <summary>The rows of a table of any element type, selected by indices; only these are
    /// decoded.</summary>
    /// <inheritdoc cref="GatherRows(Tensor{float}, Tensor{int}, Tensor{float})"/>
    public static Tensor<float> GatherRows(
        Weight table, Tensor<int> indices, Tensor<float>? into = null) =>
        GatherRows(table.Float32, table, indices, into);

    private static Tensor<float> GatherRows(
        Tensor<float>? table, Weight? weight, Tensor<int> indices, Tensor<float>? into)
    {
        Shape rows = table?.Shape ?? weight!.Shape;
        RowIndices.CheckTable(nameof(GatherRows), rows);
        Shape shape = RowIndices.RowsShape(nameof(GatherRows), indices.Shape, rows[1]);
        Device.RequireCpu(nameof(GatherRows), table, weight, indices, into);
        Tensor<int> flat = Destination.Contiguous(indices);
        RowIndices.Check(nameof(GatherRows), nameof(indices), flat, rows[0], "rows of the table");
        Tensor<float> y = Destination.For(
            nameof(GatherRows), shape, into, false, table?.Device ?? weight!.Device);
        if (table is not null)
        {
            Tensor<float> source = Destination.Apart(table, y);
            GatherRowsBody.Run(source, flat, y);
            Destination.Release(source, table);
        }
        else
        {
            GatherRowsBody.Run(weight!, flat, y);
        }

        y.MarkWritten();
        Destination.Release(flat, indices);
        weight?.KeepAlive();
        y.KeepAlive();
        return y;
    }
}
