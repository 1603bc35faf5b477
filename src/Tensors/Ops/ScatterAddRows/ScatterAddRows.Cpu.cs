namespace Vitrine.Tensors;

/// <summary>
/// Adds rows into a table. Parallel over blocks of columns: each piece walks all indices in order and
/// owns its columns of every row, so nothing is shared and rows that meet are added in order.
/// </summary>
internal unsafe struct ScatterAddRowsBody : IParallelBody
{
    private const int Columns = 32;

    private Rows _rows;
    private float* _source;
    private int* _indices;
    private float* _into;
    private long _rowStride;
    private long _stride;

    public static void Run(Tensor<float> into, Tensor<int> indices, Tensor<float> rows)
    {
        if (rows.Length == 0)
        {
            return;
        }

        ScatterAddRowsBody body = default;
        body._rows = Rows.Along(rows, rows.Rank - 1);
        body._source = rows.Pointer;
        body._indices = indices.Pointer;
        body._into = into.Pointer;
        body._rowStride = into.Strides[0];
        body._stride = into.Strides[1];
        WorkerPool.For((body._rows.Length + Columns - 1) / Columns, ref body);
    }

    public readonly void Run(int index)
    {
        int first = index * Columns;
        int last = Math.Min(first + Columns, _rows.Length);
        for (long row = 0; row < _rows.Count; row++)
        {
            float* from = _source + _rows.Offset(row);
            float* to = _into + (_indices[row] * _rowStride);
            for (int i = first; i < last; i++)
            {
                to[i * _stride] += from[i * _rows.Stride];
            }
        }
    }
}
