using Vitrine.Tensors;

namespace Vitrine.Interp.Embeddings;

/// <summary>The affinities that t-SNE preserves, as a sparse symmetric matrix.</summary>
/// <remarks>
/// <c>p(j|i) ∝ exp(−β_i ‖x_i − x_j‖²)</c> over the nearest neighbours of i, with β_i such that
/// <c>−Σ_j p(j|i) ln p(j|i) = ln perplexity</c> (to 1e-12); <c>P = (p + pᵀ) / 2n</c>, which sums to
/// 1. In double precision. van der Maaten and Hinton (2008); neighbours as in van der Maaten
/// (2014).
/// </remarks>
internal sealed class TSneAffinities
{
    private const int RowsPerPiece = 64;
    private const double EntropyTolerance = 1e-12;

    private TSneAffinities(
        double perplexity, double[] beta, int[] offsets, int[] partners, double[] values)
    {
        Perplexity = perplexity;
        Beta = beta;
        Offsets = offsets;
        Partners = partners;
        Values = values;
    }

    /// <summary>The number of points.</summary>
    public int Count => Beta.Length;

    /// <summary>The effective number of neighbours of each point.</summary>
    public double Perplexity { get; }

    /// <summary>The precision of each point's Gaussian, <c>[n]</c>.</summary>
    public double[] Beta { get; }

    /// <summary>Where each point's row starts, <c>[n + 1]</c>.</summary>
    public int[] Offsets { get; }

    /// <summary>The other point of each cell, ascending in a row.</summary>
    public int[] Partners { get; }

    /// <summary>P of each cell.</summary>
    public double[] Values { get; }

    /// <summary>Affinities between the rows of <c>float32 [n, d]</c>.</summary>
    /// <param name="matrix">One point a row.</param>
    /// <param name="perplexity">The effective number of neighbours.</param>
    /// <param name="neighbours">How many neighbours to use; three times the perplexity unless
    /// given, n − 1 for the exact form.</param>
    /// <param name="cancellation">Ends the search for neighbours.</param>
    /// <exception cref="ShapeException">It is not a matrix of at least two rows.</exception>
    /// <exception cref="ArgumentException">A value is not finite, or the perplexity is not above 1
    /// and below the number of neighbours.</exception>
    public static TSneAffinities Of(
        Tensor<float> matrix, double perplexity, int? neighbours = null,
        CancellationToken cancellation = default) =>
        Of(EmbeddingRows.All("TSneAffinities", matrix), perplexity, neighbours, cancellation);

    internal static TSneAffinities Of(
        EmbeddingRows rows, double perplexity, int? neighbours, CancellationToken cancellation)
    {
        int n = rows.Count;
        int k = neighbours ?? (int)Math.Min(n - 1, Math.Ceiling(3 * perplexity));
        if (k < 1 || k > n - 1)
        {
            throw new ArgumentException(
                $"TSneAffinities: neighbours must be 1 … {n - 1} for {n} points; got {k}.",
                nameof(neighbours));
        }

        if (!(perplexity > 1 && perplexity < k))
        {
            throw new ArgumentException(
                "TSneAffinities: the perplexity must be above 1 and below the number of "
                + FormattableString.Invariant(
                    $"neighbours {k}; got {perplexity}; lower it or give more points."),
                nameof(perplexity));
        }

        (int[] nearest, double[] conditional) = NearestPoints.Of(rows, k, cancellation);
        double[] beta = new double[n];
        WorkerPool.For((n + RowsPerPiece - 1) / RowsPerPiece, piece =>
        {
            for (int i = piece * RowsPerPiece; i < Math.Min(n, (piece + 1) * RowsPerPiece); i++)
            {
                beta[i] = MakeConditional(conditional.AsSpan(i * k, k), Math.Log(perplexity));
            }
        });
        return Symmetrise(perplexity, beta, nearest, conditional, k);
    }

    /// <summary>Turns squared distances, nearest first, into probabilities of the wanted entropy
    /// and returns β. Bisection, doubling until the answer is bracketed.</summary>
    internal static double MakeConditional(Span<double> distances, double entropy)
    {
        // Only differences from the nearest matter: subtracting it keeps the exponentials from
        // vanishing together. The scale makes the first guess right up to the shape.
        double nearest = distances[0];
        double spread = 0;
        foreach (ref double distance in distances)
        {
            distance -= nearest;
            spread += distance / distances.Length;
        }

        double low = 0;
        double high = double.PositiveInfinity;
        double beta = spread > 0 ? 1 / spread : 1;
        for (int trial = 0; trial < 200; trial++)
        {
            double error = Entropy(distances, beta) - entropy;
            if (Math.Abs(error) < EntropyTolerance)
            {
                break;
            }

            if (error > 0)
            {
                low = beta;
                beta = double.IsInfinity(high) ? beta * 2 : (low + high) / 2;
            }
            else
            {
                high = beta;
                beta = (low + high) / 2;
            }
        }

        double sum = 0;
        foreach (ref double value in distances)
        {
            value = Math.Exp(-beta * value);
            sum += value;
        }

        foreach (ref double value in distances)
        {
            value /= sum;
        }

        return beta;
    }

    // H = ln Σ exp(−βd) + β Σ d exp(−βd) / Σ exp(−βd)
    private static double Entropy(ReadOnlySpan<double> distances, double beta)
    {
        double sum = 0;
        double weighted = 0;
        foreach (double distance in distances)
        {
            double weight = Math.Exp(-beta * distance);
            sum += weight;
            weighted += distance * weight;
        }

        return Math.Log(sum) + (beta * weighted / sum);
    }

    private static TSneAffinities Symmetrise(
        double perplexity, double[] beta, int[] nearest, double[] conditional, int k)
    {
        int n = beta.Length;
        int[] starts = new int[n + 1];
        for (int cell = 0; cell < nearest.Length; cell++)
        {
            starts[(cell / k) + 1]++;
            starts[nearest[cell] + 1]++;
        }

        for (int i = 0; i < n; i++)
        {
            starts[i + 1] += starts[i];
        }

        // Every conditional goes into both rows; cells that meet there are added up.
        int[] next = starts[..^1];
        int[] partners = new int[2 * nearest.Length];
        double[] values = new double[partners.Length];
        for (int cell = 0; cell < nearest.Length; cell++)
        {
            int i = cell / k;
            int j = nearest[cell];
            (partners[next[i]], values[next[i]++]) = (j, conditional[cell] / (2 * n));
            (partners[next[j]], values[next[j]++]) = (i, conditional[cell] / (2 * n));
        }

        int[] offsets = new int[n + 1];
        int cells = 0;
        for (int i = 0; i < n; i++)
        {
            int length = starts[i + 1] - starts[i];
            Array.Sort(partners, values, starts[i], length);
            for (int cell = starts[i]; cell < starts[i + 1]; cell++)
            {
                if (cell > starts[i] && partners[cell] == partners[cells - 1])
                {
                    values[cells - 1] += values[cell];
                }
                else
                {
                    (partners[cells], values[cells]) = (partners[cell], values[cell]);
                    cells++;
                }
            }

            offsets[i + 1] = cells;
        }

        return new TSneAffinities(perplexity, beta, offsets, partners[..cells], values[..cells]);
    }
}
