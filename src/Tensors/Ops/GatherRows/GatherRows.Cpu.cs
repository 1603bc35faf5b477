namespace Vitrine.Tensors;

/// <summary>Copies rows; parallel over groups of indices.</summary>
internal unsafe struct GatherRowsBody : IParallelBody
{
    private const int PieceElements = 16 * 1024;

    private Rows _yRows;
    private float* _table;
    private long _rowStride;
    private long _stride;
    private int* _indices;
    private float* _y;
    private int _rowsPerPiece;

    public static void Run(Tensor<float> table, Tensor<int> indices, Tensor<float> y)
    {
        if (y.Length == 0)
        {
            return;
        }

        GatherRowsBody body = default;
        body._yRows = Rows.Along(y, y.Rank - 1);
        body._table = table.Pointer;
        body._rowStride = table.Strides[0];
        body._stride = table.Strides[1];
        body._indices = indices.Pointer;
        body._y = y.Pointer;
        body._rowsPerPiece = Math.Max(1, PieceElements / body._yRows.Length);
        WorkerPool.For(
            checked((int)((body._yRows.Count + body._rowsPerPiece - 1) / body._rowsPerPiece)),
            ref body);
    }

    public readonly void Run(int index)
    {
        int length = _yRows.Length;
        long first = (long)index * _rowsPerPiece;
        long last = Math.Min(first + _rowsPerPiece, _yRows.Count);
        for (long row = first; row < last; row++)
        {
            float* from = _table + (_indices[row] * _rowStride);
            float* to = _y + _yRows.Offset(row);
            if (_stride == 1 && _yRows.Stride == 1)
            {
                new ReadOnlySpan<float>(from, length).CopyTo(new Span<float>(to, length));
                continue;
            }

            for (int i = 0; i < length; i++)
            {
                to[i * _yRows.Stride] = from[i * _stride];
            }
        }
    }
}
