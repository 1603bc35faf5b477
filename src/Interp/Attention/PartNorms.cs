using Vitrine.Tensors;

namespace Vitrine.Interp.Attention;

/// <summary>Norms of <c>Σ_h α_h,ij f_h,j + δ_ij x_i</c>, from the products of every two heads'
/// vectors at a key.</summary>
/// <param name="pattern">α, [head, queryPos, keyPos].</param>
/// <param name="f">[head, keyPos, dModel].</param>
/// <param name="x">[pos, dModel].</param>
/// <param name="sums">Σ_h Σ_j α f, [queryPos, dModel].</param>
/// <param name="heads">Heads.</param>
/// <param name="positions">Queries and keys.</param>
/// <param name="dModel">Width of the vectors.</param>
/// <param name="divisors">The divisor of each query's row; null for 1.</param>
internal sealed class PartNorms(
    float[] pattern, float[] f, float[] x, double[] sums, int heads, int positions, int dModel,
    double[]? divisors = null)
{
    private readonly Lazy<double[]> _products = new(() => Products(f, heads, positions, dModel));

    /// <summary>The norms, [queryPos, keyPos].</summary>
    public float[] Map(bool residual)
    {
        double[] products = _products.Value;
        float[] map = new float[positions * positions];
        WorkerPool.For(positions, i =>
        {
            double[] own = new double[dModel];
            for (int j = 0; j < positions; j++)
            {
                double square;
                if (j == i && residual)
                {
                    Own(i, residual, own);
                    square = DoubleSum.Dot(own, own);
                }
                else
                {
                    square = 0;
                    ReadOnlySpan<double> at = products.AsSpan(j * heads * heads, heads * heads);
                    for (int h = 0; h < heads; h++)
                    {
                        double inner = 0;
                        for (int g = 0; g < heads; g++)
                        {
                            inner += Weight(g, i, j) * at[(h * heads) + g];
                        }

                        square += Weight(h, i, j) * inner;
                    }
                }

                map[(i * positions) + j] =
                    (float)(Math.Sqrt(Math.Max(square, 0)) / (divisors?[i] ?? 1));
            }
        });
        return map;
    }

    /// <summary>‖Σ_j≠i‖ / (‖Σ_j≠i‖ + ‖of i itself‖), [queryPos].</summary>
    public float[] Mixing(bool residual)
    {
        float[] ratios = new float[positions];
        double[] own = new double[dModel];
        double[] others = new double[dModel];
        for (int i = 0; i < positions; i++)
        {
            Own(i, residual: false, own);
            for (int d = 0; d < dModel; d++)
            {
                others[d] = sums[(i * dModel) + d] - own[d];
            }

            Own(i, residual, own);
            // The first query of a causal layer has no others; rounding must not look like some.
            double context = i == 0 && Alone() ? 0 : Math.Sqrt(DoubleSum.Dot(others, others));
            double kept = Math.Sqrt(DoubleSum.Dot(own, own));
            ratios[i] = context + kept > 0 ? (float)(context / (context + kept)) : 0;
        }

        return ratios;
    }

    private static double[] Products(float[] f, int heads, int positions, int dModel)
    {
        double[] products = new double[positions * heads * heads];
        WorkerPool.For(positions, j =>
        {
            for (int h = 0; h < heads; h++)
            {
                ReadOnlySpan<float> left = f.AsSpan(((h * positions) + j) * dModel, dModel);
                for (int g = h; g < heads; g++)
                {
                    ReadOnlySpan<float> right = f.AsSpan(((g * positions) + j) * dModel, dModel);
                    double dot = DoubleSum.Dot(left, right);
                    products[(((j * heads) + h) * heads) + g] = dot;
                    products[(((j * heads) + g) * heads) + h] = dot;
                }
            }
        });
        return products;
    }

    private float Weight(int head, int i, int j) =>
        pattern[(((head * positions) + i) * positions) + j];

    private bool Alone()
    {
        for (int head = 0; head < heads; head++)
        {
            for (int j = 1; j < positions; j++)
            {
                if (Weight(head, 0, j) != 0)
                {
                    return false;
                }
            }
        }

        return true;
    }

    private void Own(int i, bool residual, Span<double> vector)
    {
        vector.Clear();
        for (int h = 0; h < heads; h++)
        {
            double weight = Weight(h, i, i);
            ReadOnlySpan<float> part = f.AsSpan(((h * positions) + i) * dModel, dModel);
            for (int d = 0; d < vector.Length; d++)
            {
                vector[d] += weight * part[d];
            }
        }

        if (residual)
        {
            for (int d = 0; d < vector.Length; d++)
            {
                vector[d] += x[(i * dModel) + d];
            }
        }
    }
}
