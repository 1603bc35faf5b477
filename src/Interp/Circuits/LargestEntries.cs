using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.InteropServices;
using Vitrine.Tensors;

namespace Vitrine.Interp.Circuits;

/// <summary>One entry of a matrix.</summary>
/// <param name="Row">Its row.</param>
/// <param name="Column">Its column.</param>
/// <param name="Value">Its value.</param>
public readonly record struct Entry(int Row, int Column, float Value);

/// <summary>The largest entries of a low-rank matrix, found without holding it.</summary>
/// <remarks> Each thread computes one tile of 128 × 1,024 entries at a time, half a megabyte that
/// stays in the second-level cache, and compares it there, a vector at a time, with the smallest
/// value still kept; after the first tiles hardly any vector passes. The product does <c>2 · rows ·
/// columns · rank</c> operations. Entries are ordered by value, then row, then column, and the best
/// in that order are kept: the same for any number of threads. </remarks>
public static class LargestEntries
{
    private const int TileRows = 128;
    private const int TileColumns = 1024;
    private const int Unrolled = 4;

    /// <summary>The largest entries, by falling value; ties by row, then column.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="count">How many; fewer if the matrix has fewer.</param>
    /// <param name="progress">Receives the share done.</param>
    /// <param name="cancellation">Checked between tiles.</param>
    /// <exception cref="ArithmeticException">An entry is not a number.</exception>
    public static Entry[] Of(
        LowRank matrix, int count, IProgress<double>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        int capacity = (int)Math.Min(count, (long)matrix.Rows * matrix.Columns);
        var kept = new TopSelection<(int Row, int Column)>(capacity);
        int bands = (matrix.Columns + TileColumns - 1) / TileColumns;
        int blocks = (matrix.Rows + TileRows - 1) / TileRows;
        if (capacity == 0)
        {
            return [];
        }

        var tiles = new ConcurrentBag<Tensor<float>>();
        int done = 0;
        try
        {
            WorkerPool.For(blocks, block =>
            {
                if (!tiles.TryTake(out Tensor<float>? tile))
                {
                    tile = Tensor.Empty<float>([TileRows * TileColumns], matrix.Left.Device);
                }

                for (int band = 0; band < bands; band++)
                {
                    cancellation.ThrowIfCancellationRequested();
                    Scan(matrix, block * TileRows, band * TileColumns, tile, kept);
                }

                tiles.Add(tile);
                progress?.Report(Interlocked.Increment(ref done) / (double)blocks);
            });
        }
        finally
        {
            foreach (Tensor<float> tile in tiles)
            {
                tile.Dispose();
            }
        }

        return
        [
            .. kept.Scored().Select(one => new Entry(
                one.Id.Row, one.Id.Column, (float)one.Score)),
        ];
    }

    private static void Scan(
        LowRank matrix, int row, int column, Tensor<float> memory,
        TopSelection<(int Row, int Column)> kept)
    {
        int rows = Math.Min(TileRows, matrix.Rows - row);
        int columns = Math.Min(TileColumns, matrix.Columns - column);
        Tensor<float> tile = memory.Slice(0, 0, rows * columns).Reshape(rows, columns);
        Ops.MatMul(
            matrix.Left.Slice(0, row, rows), matrix.Right.Slice(0, column, columns).Transpose(),
            into: tile);
        ReadOnlySpan<float> values = tile.Span;
        ReadOnlySpan<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        int at = 0;
        float floor = (float)kept.Floor;
        var bound = new Vector<float>(floor);
        for (; at + Unrolled <= vectors.Length; at += Unrolled)
        {
            // Below the floor in every lane, or something is equal, greater, or not a number.
            Vector<int> below = Vector.LessThan(vectors[at], bound)
                & Vector.LessThan(vectors[at + 1], bound)
                & Vector.LessThan(vectors[at + 2], bound) & Vector.LessThan(vectors[at + 3], bound);
            if (below != Vector<int>.AllBitsSet)
            {
                int start = at * Vector<float>.Count;
                ReadOnlySpan<float> some = values.Slice(start, Unrolled * Vector<float>.Count);
                floor = Offer(some, start, columns, row, column, kept);
                bound = new Vector<float>(floor);
            }
        }

        int rest = at * Vector<float>.Count;
        Offer(values[rest..], rest, columns, row, column, kept);
    }

    private static float Offer(
        ReadOnlySpan<float> values, int start, int columns, int row, int column,
        TopSelection<(int Row, int Column)> kept)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (!(values[i] < kept.Floor))
            {
                int cell = start + i;
                lock (kept)
                {
                    kept.Offer((row + (cell / columns), column + (cell % columns)), values[i]);
                }
            }
        }

        return (float)kept.Floor;
    }
}
