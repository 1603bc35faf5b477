namespace Vitrine.Tensors;

/// <summary>Copies rows; parallel over groups of indices.</summary>
internal unsafe struct GatherRowsBody : IParallelBody
{
    private const int PieceElements = 16 * 1024;

    private Rows _yRows;
    private float* _table;
    private WeightElements _elements;
    private long _rowStride;
    private long _stride;
    private int* _indices;
    private float* _y;
    private int _rowsPerPiece;

    public static void Run(Tensor<float> table, Tensor<int> indices, Tensor<float> y)
    {
        GatherRowsBody body = default;
        body._table = table.Pointer;
        body.Run(table.Strides, indices, y);
    }

    public static void Run(Weight table, Tensor<int> indices, Tensor<float> y)
    {
        GatherRowsBody body = default;
        body._elements = table.Elements;
        body.Run(table.Strides, indices, y);
    }

    private void Run(ReadOnlySpan<long> strides, Tensor<int> indices, Tensor<float> y)
    {
        if (y.Length == 0)
        {
            return;
        }

        GatherRowsBody body = this;
        body._yRows = Rows.Along(y, y.Rank - 1);
        body._rowStride = strides[0];
        body._stride = strides[1];
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
            float* to = _y + _yRows.Offset(row);
            if (_elements.IsEncoded)
            {
                Decode(_indices[row] * _rowStride, to);
                continue;
            }

            float* from = _table + (_indices[row] * _rowStride);
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

    private readonly void Decode(long first, float* to)
    {
        if (_yRows.Stride == 1)
        {
            _elements.Read(first, (nint)_stride, _yRows.Length, to);
            return;
        }

        for (int i = 0; i < _yRows.Length; i++)
        {
            _elements.Read(first + (i * _stride), 1, 1, to + (i * _yRows.Stride));
        }
    }
}
