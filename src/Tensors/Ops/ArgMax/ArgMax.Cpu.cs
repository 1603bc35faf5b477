namespace Vitrine.Tensors;

/// <summary>ArgMax of rows; parallel over groups of rows.</summary>
internal unsafe struct ArgMaxRows : IParallelBody
{
    private const int PieceElements = 16 * 1024;

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
        WorkerPool.For(checked((int)((body._rows.Count + body._rowsPerPiece - 1) / body._rowsPerPiece)), ref body);
    }

    public readonly void Run(int index)
    {
        long first = index * _rowsPerPiece;
        long last = Math.Min(first + _rowsPerPiece, _rows.Count);
        for (long row = first; row < last; row++)
        {
            _y[_results.Offset(row)] = ArgMax(_x + _rows.Offset(row));
        }
    }

    private readonly int ArgMax(float* x)
    {
        int best = 0;
        float max = *x;
        for (int i = 1; i < _rows.Length && !float.IsNaN(max); i++)
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
