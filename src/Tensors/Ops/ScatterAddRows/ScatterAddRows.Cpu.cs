namespace Vitrine.Tensors;

/// <summary>
/// Adds rows into a table. Parallel over blocks of columns: each piece walks all indices in order
/// and owns its columns of every row, so nothing is shared and rows that meet are added in order.
/// </summary>
internal unsafe struct ScatterAddRowsBody : IVectorBody
{
    private const int Columns = 32;
    private const int SmallestSplit = 16 * 1024;

    private Rows _rows;
    private float* _source;
    private int* _indices;
    private float* _into;
    private long _rowStride;
    private long _stride;
    private int _columns;

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
        body._columns = rows.Length < SmallestSplit ? body._rows.Length : Columns;
        WidestVectors.For((body._rows.Length + body._columns - 1) / body._columns, body);
    }

    public readonly void Run<TLanes, T>(int index)
        where TLanes : ILanes<T>
        where T : unmanaged
    {
        int first = index * _columns;
        int last = Math.Min(first + _columns, _rows.Length);
        for (long row = 0; row < _rows.Count; row++)
        {
            float* from = _source + _rows.Offset(row);
            float* to = _into + (_indices[row] * _rowStride);
            if (_stride == 1 && _rows.Stride == 1)
            {
                RowKernels.Add<TLanes, T>(from + first, to + first, last - first);
                continue;
            }

            for (int i = first; i < last; i++)
            {
                to[i * _stride] += from[i * _rows.Stride];
            }
        }
    }
}
