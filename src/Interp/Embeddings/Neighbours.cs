using Vitrine.Tensors;

namespace Vitrine.Interp.Embeddings;

/// <summary>A token whose vector points in a similar direction to another's.</summary>
/// <param name="Id">The token.</param>
/// <param name="Cosine">The cosine of the angle between both rows, −1 … 1.</param>
public sealed record Neighbour(int Id, double Cosine);

/// <summary>Nearest rows of an embedding by cosine, computed exactly over all pairs.</summary>
/// <remarks>Rows are scaled to length 1 in float32, so a cosine is good to about 1e-6. A row of
/// zeros has no direction: its cosine with everything is 0.</remarks>
public sealed class Neighbours : IDisposable
{
    private const int RowsPerBlock = 512;
    private readonly Tensor<float> _unit;
    private readonly int[] _ids;

    /// <summary>Prepares chosen rows of <c>float32 [vocab, dModel]</c>: the candidates for queries
    /// and neighbours.</summary>
    /// <exception cref="ShapeException">It is not a matrix, or fewer than two ids are
    /// given.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An id is out of range.</exception>
    /// <exception cref="ArgumentException">A value is not finite.</exception>
    public Neighbours(Tensor<float> matrix, ReadOnlySpan<int> ids)
    {
        EmbeddingRows rows = EmbeddingRows.Chosen("Neighbours", matrix, ids);
        _ids = ids.ToArray();
        float[] unit = new float[rows.Values.Length];
        for (int row = 0; row < rows.Count; row++)
        {
            double squares = DoubleSum.Dot(rows.Row(row), rows.Row(row));
            double scale = squares > 0 ? 1 / Math.Sqrt(squares) : 0;
            for (int i = row * rows.Columns; i < (row + 1) * rows.Columns; i++)
            {
                unit[i] = (float)(rows.Values[i] * scale);
            }
        }

        _unit = Tensor.From<float>(unit, [rows.Count, rows.Columns]);
    }

    /// <summary>The tokens that can be queried and found.</summary>
    public ReadOnlySpan<int> Ids => _ids;

    /// <summary>The nearest other tokens of one, best first; ties by the order of the
    /// ids.</summary>
    /// <exception cref="ArgumentException">The token is not among the ids.</exception>
    public IReadOnlyList<Neighbour> Of(int token, int count = 10)
    {
        int row = Array.IndexOf(_ids, token);
        if (row < 0)
        {
            throw new ArgumentException(
                $"Neighbours: token {token} is not among the {_ids.Length} prepared tokens.",
                nameof(token));
        }

        using Tensor<float> x = _unit.Slice(0, row, 1);
        using Tensor<float> cosines = Ops.MatMul(x, _unit.Transpose());
        return Nearest(cosines.Span, row, count);
    }

    /// <summary>The nearest other token of every token, <c>[ids]</c>, in their order.</summary>
    public int[] NearestOfAll(CancellationToken cancellation = default)
    {
        int[] nearest = new int[_ids.Length];
        for (int start = 0; start < nearest.Length; start += RowsPerBlock)
        {
            cancellation.ThrowIfCancellationRequested();
            int length = Math.Min(RowsPerBlock, nearest.Length - start);
            using Tensor<float> x = _unit.Slice(0, start, length);
            using Tensor<float> cosines = Ops.MatMul(x, _unit.Transpose());
            ReadOnlySpan<float> block = cosines.Span;
            for (int i = 0; i < length; i++)
            {
                nearest[start + i] =
                    _ids[Largest(block.Slice(i * _ids.Length, _ids.Length), start + i)];
            }
        }

        return nearest;
    }

    /// <inheritdoc/>
    public void Dispose() => _unit.Dispose();

    private Neighbour[] Nearest(ReadOnlySpan<float> cosines, int self, int count)
    {
        var best = new TopSelection<int>(count);
        for (int row = 0; row < cosines.Length; row++)
        {
            if (row != self)
            {
                best.Offer(row, cosines[row]);
            }
        }

        int[] rows = best.Descending();
        var nearest = new Neighbour[rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            nearest[i] = new Neighbour(_ids[rows[i]], Math.Clamp(cosines[rows[i]], -1, 1));
        }

        return nearest;
    }

    private static int Largest(ReadOnlySpan<float> cosines, int self)
    {
        int largest = self == 0 ? 1 : 0;
        for (int row = largest + 1; row < cosines.Length; row++)
        {
            if (row != self && cosines[row] > cosines[largest])
            {
                largest = row;
            }
        }

        return largest;
    }
}
