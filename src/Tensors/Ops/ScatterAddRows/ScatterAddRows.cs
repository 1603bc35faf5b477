namespace Vitrine.Tensors;

/// <content>ScatterAddRows.</content>
public static partial class Ops
{
    /// <summary>Adds rows to the rows of a table selected by indices: the gradient of
    /// <c>GatherRows</c> with respect to its table.</summary>
    /// <remarks>
    /// <para>into[indices[i], j] += rows[i, j]. Rows with the same index are added in order, so the
    /// bits are the same for any number of threads.</para>
    /// </remarks>
    /// <param name="into">float32 [rows, dim], added to.</param>
    /// <param name="indices">int32 [...], each in 0 … rows − 1.</param>
    /// <param name="rows">float32 [..., dim], any strides.</param>
    /// <returns><paramref name="into"/>.</returns>
    /// <exception cref="ShapeException">The table does not have two axes, or the rows do not match
    /// the indices and the table.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside the table.</exception>
    public static Tensor<float> ScatterAddRows(
        Tensor<float> into, Tensor<int> indices, Tensor<float> rows)
    {
        RowIndices.CheckTable(nameof(ScatterAddRows), into.Shape);
        Shape shape = RowIndices.RowsShape(nameof(ScatterAddRows), indices.Shape, into.Shape[1]);
        if (rows.Shape != shape)
        {
            throw new ShapeException(
                $"ScatterAddRows: rows must be {shape}, one for each index of {indices.Shape} as "
                + $"long as a row of into {into.Shape}; got {rows.Shape}.");
        }

        Destination.RequireDistinct(nameof(ScatterAddRows), nameof(into), into);
        Device.RequireCpu(nameof(ScatterAddRows), into, indices, rows);
        Tensor<int> flat = Destination.Contiguous(indices);
        RowIndices.Check(
            nameof(ScatterAddRows), nameof(indices), flat, into.Shape[0], "rows of into");
        Tensor<float> source = Destination.Apart(rows, into);
        ScatterAddRowsBody.Run(into, flat, source);
        into.MarkWritten();
        Destination.Release(source, rows);
        Destination.Release(flat, indices);
        into.KeepAlive();
        return into;
    }
}
