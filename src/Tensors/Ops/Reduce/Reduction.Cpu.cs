using System.Runtime.CompilerServices;

namespace Vitrine.Tensors;

/// <summary>How a reduction starts, takes in a tile of values, joins two parts, and ends.</summary>
internal unsafe interface IReduction<TPartial>
    where TPartial : unmanaged
{
    /// <summary>Whether the reduction of no values exists.</summary>
    static abstract bool OfNothing { get; }

    /// <summary>The partial result of no values.</summary>
    static abstract TPartial Start { get; }

    /// <summary>The partial result of a tile of at least one value.</summary>
    static abstract TPartial Of<TLanes, T>(float* values, int count)
        where TLanes : ILanes<T>
        where T : unmanaged;

    /// <summary>The partial results of <see cref="ReductionGroup.Rows"/> tiles that lie side by
    /// side, value i of tile r at <c>values[i · stride + r]</c>, with the bits of <see cref="Of"/>;
    /// false if there is no such kernel.</summary>
    static virtual bool OfNeighbours<TLanes, T>(
        float* values, long stride, int count, TPartial* parts)
        where TLanes : ILanes<T>
        where T : unmanaged => false;

    /// <summary>Joins the results of two neighbouring parts, the earlier first.</summary>
    static abstract TPartial Join(TPartial earlier, TPartial later);

    /// <summary>The value of a whole row of <paramref name="count"/> values.</summary>
    static abstract float Finish(TPartial whole, long count);
}

/// <summary>How many neighbouring rows of a strided axis are reduced together: a cache line of
/// them.</summary>
internal static class ReductionGroup
{
    public const int Rows = 16;
}

/// <summary>
/// Reduces rows along an axis. The tree is fixed by the row's length: tiles of 1,024 values, joined
/// in order to chunks of 65,536, joined in order. Parallel over groups of rows and over chunks of
/// long rows, whose partial results are kept and joined at the end. Layout: any strides. Where the
/// axis is strided, 16 neighbouring rows, whose values share cache lines, are reduced together, or
/// copied to a buffer together; the tree stays the same, so the bits do not depend on layout or
/// threads.
/// </summary>
internal unsafe struct RowReduction<TReduction, TPartial> : IVectorBody
    where TReduction : struct, IReduction<TPartial>
    where TPartial : unmanaged
{
    private const int Tile = 1024;
    private const int Chunk = 64 * Tile;
    private const int Pitch = Tile + 16;
    private const int PieceElements = 16 * 1024;

    private readonly Rows _rows;
    private readonly Rows _results;
    private readonly float* _x;
    private readonly float* _y;
    private readonly TPartial* _partials;
    private readonly int _chunksPerRow;
    private readonly long _rowsPerPiece;
    private readonly bool _accumulate;

    private RowReduction(Rows rows, float* x, Tensor<float>? y, bool accumulate)
    {
        _rows = rows;
        _x = x;
        _results = y is null ? default : Rows.OfElements(y);
        _y = y is null ? null : y.Pointer;
        _accumulate = accumulate;
        _chunksPerRow = (int)Math.Max(1, ((long)rows.Length + Chunk - 1) / Chunk);
        long fewest = rows.Stride == 1 ? 1 : ReductionGroup.Rows;
        _rowsPerPiece = Math.Max(fewest, PieceElements / Math.Max(1, rows.Length));
        Parts = _chunksPerRow > 1
            ? (nuint)(rows.Count * _chunksPerRow) * (nuint)sizeof(TPartial)
            : 0;
        _partials = Parts > 0 ? (TPartial*)Device.Processor.Pool.Rent(Parts) : null;
    }

    /// <summary>Bytes of partial results.</summary>
    private nuint Parts { get; }

    private readonly long Groups => (_rows.Count + _rowsPerPiece - 1) / _rowsPerPiece;

    /// <summary>y = the reduction of the rows of x; y's elements in order are the rows in
    /// order.</summary>
    public static void Run(Rows rows, float* x, Tensor<float> y, bool accumulate)
    {
        if (y.Length == 0)
        {
            return;
        }

        var body = new RowReduction<TReduction, TPartial>(rows, x, y, accumulate);
        WidestVectors.For(body.Groups * body._chunksPerRow, body);
        for (long row = 0; body._partials != null && row < rows.Count; row++)
        {
            body.Write(row, body.JoinChunks(row));
        }

        body.ReturnPartials();
    }

    /// <summary>The partial result of one row, for results that are not float32.</summary>
    public static TPartial Whole(Rows row, float* x)
    {
        TPartial result = TReduction.Start;
        var body = new RowReduction<TReduction, TPartial>(row, x, null, false);
        if (body._partials != null)
        {
            WidestVectors.For(body._chunksPerRow, body);
            result = body.JoinChunks(0);
            body.ReturnPartials();
        }
        else
        {
            WidestVectors.For(1, new Single(body, &result));
        }

        return result;
    }

    [SkipLocalsInit]
    public readonly void Run<TLanes, T>(int index)
        where TLanes : ILanes<T>
        where T : unmanaged
    {
        (long group, long chunk) = Math.DivRem(index, (long)_chunksPerRow);
        int start = (int)chunk * Chunk;
        int count = Math.Min(Chunk, _rows.Length - start);
        TPartial* sums = stackalloc TPartial[ReductionGroup.Rows];
        long last = Math.Min((group + 1) * _rowsPerPiece, _rows.Count);
        for (long row = group * _rowsPerPiece; row < last;)
        {
            int together = _rows.Neighbours(row, (int)Math.Min(ReductionGroup.Rows, last - row));
            Reduce<TLanes, T>(row, together, start, count, sums);
            for (int i = 0; i < together; i++)
            {
                if (_partials == null)
                {
                    Write(row + i, sums[i]);
                }
                else
                {
                    _partials[((row + i) * _chunksPerRow) + chunk] = sums[i];
                }
            }

            row += together;
        }
    }

    /// <summary>A chunk of some neighbouring rows: one in place, or several through the
    /// buffer.</summary>
    [SkipLocalsInit]
    private readonly void Reduce<TLanes, T>(
        long row, int together, int start, int count, TPartial* sums)
        where TLanes : ILanes<T>
        where T : unmanaged
    {
        bool inPlace = _rows.Stride == 1;
        float* buffer = stackalloc float[inPlace ? 0 : together * Pitch];
        float* from = _x + _rows.Offset(row) + (start * _rows.Stride);
        for (int i = 0; i < together; i++)
        {
            sums[i] = TReduction.Start;
        }

        TPartial* parts = stackalloc TPartial[ReductionGroup.Rows];
        for (int i = 0; i < count; i += Tile)
        {
            int length = Math.Min(Tile, count - i);
            float* tile = from + (i * _rows.Stride);
            if (inPlace)
            {
                parts[0] = TReduction.Of<TLanes, T>(tile, length);
            }
            else if (together < ReductionGroup.Rows
                || !TReduction.OfNeighbours<TLanes, T>(tile, _rows.Stride, length, parts))
            {
                Copy(tile, together, length, buffer);
                for (int r = 0; r < together; r++)
                {
                    parts[r] = TReduction.Of<TLanes, T>(buffer + (r * Pitch), length);
                }
            }

            for (int r = 0; r < together; r++)
            {
                sums[r] = i == 0 ? parts[r] : TReduction.Join(sums[r], parts[r]);
            }
        }
    }

    private readonly void Copy(float* tile, int together, int length, float* buffer)
    {
        for (int k = 0; k < length; k++)
        {
            float* from = tile + (k * _rows.Stride);
            for (int r = 0; r < together; r++)
            {
                buffer[(r * Pitch) + k] = from[r];
            }
        }
    }

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

    private readonly void Write(long row, TPartial whole)
    {
        float* y = _y + _results.Offset(row);
        float value = TReduction.Finish(whole, _rows.Length);
        *y = _accumulate ? *y + value : value;
    }

    private readonly void ReturnPartials()
    {
        if (_partials != null)
        {
            Device.Processor.Pool.Return(_partials, Parts);
        }
    }

    /// <summary>One row of one chunk, reduced where a result is wanted as it is.</summary>
    private readonly struct Single(RowReduction<TReduction, TPartial> reduction, TPartial* result)
        : IVectorBody
    {
        public void Run<TLanes, T>(int index)
            where TLanes : ILanes<T>
            where T : unmanaged =>
            reduction.Reduce<TLanes, T>(0, 1, 0, reduction._rows.Length, result);
    }
}
