namespace Vitrine.Tensors;

/// <summary>ArgMax of rows; parallel over groups of rows.</summary>
internal unsafe struct ArgMaxRows : IVectorBody
{
    private const int PieceElements = 16 * 1024;
    private const int Block = 512;

    private Rows _rows;
    private Rows _results;
    private float* _x;
    private int* _y;
    private long _rowsPerPiece;

    public static void Run(Rows rows, float* x, Tensor<int> y)
    {
        if (y.Length == 0)
        {
            return;
        }

        ArgMaxRows body = default;
        body._rows = rows;
        body._results = Rows.OfElements(y);
        body._x = x;
        body._y = y.Pointer;
        body._rowsPerPiece = Math.Max(1, PieceElements / body._rows.Length);
        WidestVectors.For((body._rows.Count + body._rowsPerPiece - 1) / body._rowsPerPiece, body);
    }

    public readonly void Run<TLanes, T>(int index)
        where TLanes : ILanes<T>
        where T : unmanaged
    {
        long first = index * _rowsPerPiece;
        long last = Math.Min(first + _rowsPerPiece, _rows.Count);
        for (long row = first; row < last; row++)
        {
            _y[_results.Offset(row)] = ArgMax<TLanes, T>(_x + _rows.Offset(row));
        }
    }

    private readonly int ArgMax<TLanes, T>(float* x)
        where TLanes : ILanes<T>
        where T : unmanaged
    {
        if (_rows.Stride != 1)
        {
            return First(x, 0, _rows.Length);
        }

        // The first block whose maximum beats all before it holds the place.
        int best = 0;
        float max = float.NegativeInfinity;
        for (int start = 0; start < _rows.Length && !float.IsNaN(max); start += Block)
        {
            float value = RowKernels.Max<TLanes, T>(
                x + start, Math.Min(Block, _rows.Length - start));
            if (!(value <= max))
            {
                (best, max) = (start, value);
            }
        }

        return First(x, best, Math.Min(best + Block, _rows.Length));
    }

    /// <summary>The first place of the greatest value, or of a NaN, in a part of the row.</summary>
    private readonly int First(float* x, int start, int end)
    {
        int best = start;
        float max = x[start * _rows.Stride];
        for (int i = start + 1; i < end && !float.IsNaN(max); i++)
        {
            float value = x[i * _rows.Stride];
            if (!(value <= max))
            {
                (best, max) = (i, value);
            }
        }

        return best;
    }
}
