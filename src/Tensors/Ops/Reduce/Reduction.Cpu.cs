namespace Vitrine.Tensors;

/// <summary>How a reduction starts, takes in a tile of values, joins two parts, and ends.</summary>
internal unsafe interface IReduction<TPartial>
    where TPartial : unmanaged
{
    /// <summary>Whether the reduction of no values exists.</summary>
    static abstract bool OfNothing { get; }

    /// <summary>The partial result of no values.</summary>
    static abstract TPartial Start { get; }

    /// <summary>The partial result of up to <see cref="ReductionTree.Tile"/> values.</summary>
    static abstract TPartial Of(float* values, int count);

    /// <summary>Joins the results of two neighbouring parts, the earlier first.</summary>
    static abstract TPartial Join(TPartial earlier, TPartial later);

    /// <summary>The value of a whole row of <paramref name="count"/> values.</summary>
    static abstract float Finish(TPartial whole, long count);
}

/// <summary>The fixed tree of every reduction: tiles, joined in order to chunks, joined in order.</summary>
internal static class ReductionTree
{
    public const int Tile = 4096;
    public const int TilesPerChunk = 16;
}

/// <summary>
/// Reduces rows along an axis. Layout: any strides; a strided tile is gathered into a buffer first,
/// so the bits do not depend on the layout. Parallel over rows and over chunks of 65,536 elements of
/// long rows, whose partial results are kept and joined in order: the tree depends on the row's
/// length alone, never on threads.
/// </summary>
internal unsafe struct RowReduction<TReduction, TPartial> : IParallelBody
    where TReduction : struct, IReduction<TPartial>
    where TPartial : unmanaged
{
    private const int Chunk = ReductionTree.Tile * ReductionTree.TilesPerChunk;
    private const int PieceElements = 16 * 1024;

    private Rows _rows;
    private Rows _results;
    private float* _x;
    private float* _y;
    private TPartial* _partials;
    private int _chunksPerRow;
    private long _rowsPerPiece;
    private bool _accumulate;

    /// <summary>y = the reduction of x along the axis; y's elements in order are x's rows in order.</summary>
    public static void Run(Tensor<float> x, int axis, Tensor<float> y, bool accumulate)
    {
        if (y.Length == 0)
        {
            return;
        }

        RowReduction<TReduction, TPartial> body = Over(x, axis);
        body._results = Rows.OfElements(y);
        body._y = y.Pointer;
        body._accumulate = accumulate;
        long rows = body._rows.Count;
        if (body._chunksPerRow == 1)
        {
            WorkerPool.For(
                checked((int)((rows + body._rowsPerPiece - 1) / body._rowsPerPiece)), ref body);
            return;
        }

        int parts = checked((int)(rows * body._chunksPerRow));
        body.RentPartials(parts);
        WorkerPool.For(parts, ref body);
        for (long row = 0; row < rows; row++)
        {
            body.Write(row, body.JoinChunks(row));
        }

        body.ReturnPartials(parts);
    }

    /// <summary>The partial result of a tensor of one axis, for results that are not float32.</summary>
    public static TPartial Whole(Tensor<float> x)
    {
        RowReduction<TReduction, TPartial> body = Over(x, 0);
        if (body._chunksPerRow == 1)
        {
            return body.Reduce(0, 0, body._rows.Length);
        }

        body.RentPartials(body._chunksPerRow);
        WorkerPool.For(body._chunksPerRow, ref body);
        TPartial whole = body.JoinChunks(0);
        body.ReturnPartials(body._chunksPerRow);
        return whole;
    }

    public void Run(int index)
    {
        if (_chunksPerRow > 1)
        {
            (int row, int chunk) = Math.DivRem(index, _chunksPerRow);
            int start = chunk * Chunk;
            _partials[index] = Reduce(row, start, Math.Min(Chunk, _rows.Length - start));
            return;
        }

        long first = index * _rowsPerPiece;
        long last = Math.Min(first + _rowsPerPiece, _rows.Count);
        for (long row = first; row < last; row++)
        {
            Write(row, Reduce(row, 0, _rows.Length));
        }
    }

    private static RowReduction<TReduction, TPartial> Over(Tensor<float> x, int axis)
    {
        RowReduction<TReduction, TPartial> body = default;
        body._rows = Rows.Along(x, axis);
        body._x = x.Pointer;
        body._chunksPerRow = Math.Max(1, (body._rows.Length + Chunk - 1) / Chunk);
        body._rowsPerPiece = Math.Max(1, PieceElements / Math.Max(1, body._rows.Length));
        return body;
    }

    private void RentPartials(int count) =>
        _partials = (TPartial*)Device.Cpu.Pool.Rent((nuint)count * (nuint)sizeof(TPartial));

    private readonly void ReturnPartials(int count) =>
        Device.Cpu.Pool.Return(_partials, (nuint)count * (nuint)sizeof(TPartial));

    private readonly TPartial JoinChunks(long row)
    {
        TPartial* partials = _partials + (row * _chunksPerRow);
        TPartial whole = partials[0];
        for (int chunk = 1; chunk < _chunksPerRow; chunk++)
        {
            whole = TReduction.Join(whole, partials[chunk]);
        }

        return whole;
    }

    private readonly TPartial Reduce(long row, int start, int count)
    {
        float* buffer = stackalloc float[_rows.Stride == 1 ? 0 : Math.Min(count, ReductionTree.Tile)];
        float* from = _x + _rows.Offset(row) + (start * _rows.Stride);
        TPartial sum = TReduction.Start;
        for (int i = 0; i < count; i += ReductionTree.Tile)
        {
            int length = Math.Min(ReductionTree.Tile, count - i);
            float* tile = from + (i * _rows.Stride);
            if (_rows.Stride != 1)
            {
                for (int k = 0; k < length; k++)
                {
                    buffer[k] = tile[k * _rows.Stride];
                }

                tile = buffer;
            }

            TPartial part = TReduction.Of(tile, length);
            sum = i == 0 ? part : TReduction.Join(sum, part);
        }

        return sum;
    }

    private readonly void Write(long row, TPartial whole)
    {
        float* y = _y + _results.Offset(row);
        float value = TReduction.Finish(whole, _rows.Length);
        *y = _accumulate ? *y + value : value;
    }
}
