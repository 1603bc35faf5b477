namespace Vitrine.Tensors;

/// <content>GatherRows.</content>
public static partial class Ops
{
    /// <summary>The rows of a table that indices name: an embedding lookup.</summary>
    /// <remarks>
    /// <para>y[…, j] = table[indices[…], j]. Exact.</para>
    /// </remarks>
    /// <param name="table">float32 [rows, dim], any strides.</param>
    /// <param name="indices">int32 [...], each in 0 … rows − 1.</param>
    /// <param name="into">Where the rows go; a new tensor, owned by the caller, if null.</param>
    /// <returns>The destination, float32 [..., dim].</returns>
    /// <exception cref="ShapeException">The table does not have two axes, or
    /// <paramref name="into"/> has another shape.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An index lies outside the table.</exception>
    public static Tensor<float> GatherRows(
        Tensor<float> table, Tensor<int> indices, Tensor<float>? into = null)
    {
        RowIndices.CheckTable(nameof(GatherRows), table.Shape);
        Shape shape = RowIndices.RowsShape(nameof(GatherRows), indices.Shape, table.Shape[1]);
        Device.RequireCpu(nameof(GatherRows), table, indices, into);
        Tensor<int> flat = Destination.Contiguous(indices);
        RowIndices.Check(
            nameof(GatherRows), nameof(indices), flat, table.Shape[0], "rows of the table");
        Tensor<float> y = Destination.For(nameof(GatherRows), shape, into, false, table.Device);
        Tensor<float> source = Destination.Apart(table, y);
        GatherRowsBody.Run(source, flat, y);
        y.MarkWritten();
        Destination.Release(source, table);
        Destination.Release(flat, indices);
        y.KeepAlive();
        return y;
    }
}
