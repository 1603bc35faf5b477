using Vitrine.Tensors;

namespace Vitrine.Interp.Embeddings;

/// <summary>Principal components of the rows of a matrix, exact: the eigenvectors of the covariance
/// between its columns.</summary>
/// <remarks>
/// <c>C = (X − mean)ᵀ(X − mean) / (n − 1) = Vᵀ diag(variance) V</c>. Centred, not scaled. In double
/// precision throughout, with a fixed order of summation. A component's sign is arbitrary and set
/// so that its largest loading is positive. Directions whose variances are equal, or below rounding
/// (1e-16 of the largest), are not determined. Pearson (1901), Hotelling (1933).
/// </remarks>
public sealed class Pca
{
    private readonly double[] _rows;
    private readonly int _count;

    private Pca(double[] rows, int count, double[] mean, double[] variance, double[] components)
    {
        _rows = rows;
        _count = count;
        Mean = mean;
        ExplainedVariance = variance;
        Components = components;
    }

    /// <summary>The mean row, <c>[d]</c>.</summary>
    public double[] Mean { get; }

    /// <summary>The variance along each component, falling, <c>[d]</c>.</summary>
    public double[] ExplainedVariance { get; }

    /// <summary>Each component's share of the total variance, <c>[d]</c>; zeros if there is
    /// none.</summary>
    public double[] ExplainedVarianceRatio
    {
        get
        {
            double total = ExplainedVariance.Sum();
            return [.. ExplainedVariance.Select(variance => total > 0 ? variance / total : 0)];
        }
    }

    /// <summary>The components as unit rows, <c>[d, d]</c> row-major.</summary>
    public double[] Components { get; }

    /// <summary>Finds the components of all rows, <c>float32 [n, d]</c>.</summary>
    /// <exception cref="ShapeException">It is not a matrix of at least two rows.</exception>
    /// <exception cref="ArgumentException">A value is not finite.</exception>
    public static Pca Of(Tensor<float> matrix)
    {
        EmbeddingRows rows = EmbeddingRows.All("Pca", matrix);
        return Of(rows);
    }

    /// <summary>Finds the components of chosen rows of <c>float32 [n, d]</c>, such as the tokens
    /// that occur.</summary>
    /// <exception cref="ShapeException">It is not a matrix, or fewer than two rows are
    /// chosen.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An index is out of range.</exception>
    /// <exception cref="ArgumentException">A value is not finite.</exception>
    public static Pca Of(Tensor<float> matrix, ReadOnlySpan<int> ids) =>
        Of(EmbeddingRows.Chosen("Pca", matrix, ids));

    /// <summary>The rows' coordinates along the first components:
    /// <c>(X − mean) · Components[.. components]ᵀ</c>, <c>[n, components]</c> row-major.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are not enough components.</exception>
    public double[] Project(int components)
    {
        int d = Mean.Length;
        if (components < 1 || components > d)
        {
            throw new ArgumentOutOfRangeException(
                nameof(components), components, $"Pca: components must be 1 … {d}.");
        }

        double[] projected = new double[_count * components];
        for (int row = 0; row < _count; row++)
        {
            ReadOnlySpan<double> centred = _rows.AsSpan(row * d, d);
            for (int component = 0; component < components; component++)
            {
                ReadOnlySpan<double> direction = Components.AsSpan(component * d, d);
                double sum = 0;
                for (int i = 0; i < d; i++)
                {
                    sum += centred[i] * direction[i];
                }

                projected[(row * components) + component] = sum;
            }
        }

        return projected;
    }

    internal static Pca Of(EmbeddingRows rows)
    {
        int d = rows.Columns;
        double[] mean = new double[d];
        double[] centred = new double[rows.Count * d];
        for (int row = 0; row < rows.Count; row++)
        {
            for (int i = 0; i < d; i++)
            {
                mean[i] += rows.Values[(row * d) + i];
            }
        }

        for (int i = 0; i < d; i++)
        {
            mean[i] /= rows.Count;
        }

        for (int cell = 0; cell < centred.Length; cell++)
        {
            centred[cell] = rows.Values[cell] - mean[cell % d];
        }

        (double[] variance, double[] components) =
            SymmetricEigen.Decompose(Covariance(centred, rows.Count, d), d);
        for (int component = 0; component < d; component++)
        {
            variance[component] = Math.Max(0, variance[component]);
            MakeLargestPositive(components.AsSpan(component * d, d));
        }

        return new Pca(centred, rows.Count, mean, variance, components);
    }

    private static double[] Covariance(double[] centred, int count, int d)
    {
        double[] covariance = new double[d * d];
        WorkerPool.For(d, i =>
        {
            Span<double> sums = covariance.AsSpan(i * d, d);
            for (int row = 0; row < count; row++)
            {
                ReadOnlySpan<double> values = centred.AsSpan(row * d, d);
                double left = values[i];
                for (int j = 0; j < values.Length; j++)
                {
                    sums[j] += left * values[j];
                }
            }

            for (int j = 0; j < d; j++)
            {
                sums[j] /= count - 1;
            }
        });
        return covariance;
    }

    private static void MakeLargestPositive(Span<double> direction)
    {
        int largest = 0;
        for (int i = 1; i < direction.Length; i++)
        {
            if (Math.Abs(direction[i]) > Math.Abs(direction[largest]))
            {
                largest = i;
            }
        }

        if (direction[largest] < 0)
        {
            for (int i = 0; i < direction.Length; i++)
            {
                direction[i] = -direction[i];
            }
        }
    }
}
