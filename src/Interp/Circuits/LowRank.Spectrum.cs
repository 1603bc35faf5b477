using System.Numerics;
using Vitrine.Tensors;

namespace Vitrine.Interp.Circuits;

/// <content>Eigenvalues, singular values and norms, from the factors alone.</content>
public sealed partial class LowRank
{
    /// <summary><c>‖M‖_F = √(Σ (LᵀL) ∘ (RᵀR))</c>, in double precision.</summary>
    public double FrobeniusNorm()
    {
        double[] left = Gram(Left, Left);
        double[] right = Gram(Right, Right);
        return Math.Sqrt(Math.Max(0, TensorPrimitives.Dot<double>(left, right)));
    }

    /// <summary>The nonzero eigenvalues of a square M: those of the small matrix <c>Rᵀ L [rank,
    /// rank]</c>, which M shares with it; the other <c>rows − rank</c> are 0.</summary>
    /// <returns>[rank], by falling modulus.</returns>
    /// <exception cref="ShapeException">M is not square.</exception>
    public Complex[] Eigenvalues()
    {
        if (Rows != Columns)
        {
            throw new ShapeException(
                $"LowRank: only a square matrix has eigenvalues; got [{Rows}, {Columns}].");
        }

        return Circuits.Eigenvalues.Of(Gram(Right, Left), Rank);
    }

    /// <summary>The thin singular value decomposition: orthonormal bases of both factors, and the
    /// decomposition of the small matrix between them.</summary>
    internal SingularValues Singular()
    {
        double[] u = Doubles(Left);
        double[] v = Doubles(Right);
        double[] left = Orthogonal.Basis(u, Rows, Rank);
        double[] right = Orthogonal.Basis(v, Columns, Rank);
        double[] between = new double[Rank * Rank];
        for (int i = 0; i < Rank; i++)
        {
            for (int j = 0; j < Rank; j++)
            {
                between[(i * Rank) + j] = TensorPrimitives.Dot<double>(
                    left.AsSpan(i * Rank, Rank), right.AsSpan(j * Rank, Rank));
            }
        }

        SingularValues small = Orthogonal.Decompose(between, Rank);
        u = Times(u, Rows, small.U);
        v = Times(v, Columns, small.V);
        Sign(u, v);
        return new SingularValues(small.Values, u, v);
    }

    /// <summary><c>XᵀY</c> of two factors with the same number of rows, in double
    /// precision.</summary>
    internal static double[] Gram(
        Tensor<float> x, Tensor<float> y, ReadOnlySpan<double> weights = default)
    {
        int columns = x.Shape[1];
        int others = y.Shape[1];
        double[] sums = new double[columns * others];
        double[] weight = weights.ToArray();
        WorkerPool.For(columns, i =>
        {
            Span<double> row = sums.AsSpan(i * others, others);
            ReadOnlySpan<float> xs = x.Span;
            ReadOnlySpan<float> ys = y.Span;
            for (int k = 0; k < x.Shape[0]; k++)
            {
                double factor = xs[(k * columns) + i] * (weight.Length == 0 ? 1 : weight[k]);
                ReadOnlySpan<float> other = ys.Slice(k * others, others);
                for (int j = 0; j < other.Length; j++)
                {
                    row[j] += factor * other[j];
                }
            }
        });
        return sums;
    }

    private static double[] Doubles(Tensor<float> factor) =>
        Array.ConvertAll(factor.ToArray(), value => (double)value);

    private double[] Times(double[] basis, int rows, double[] small)
    {
        int rank = Rank;
        double[] product = new double[rows * rank];
        for (int row = 0; row < rows; row++)
        {
            Span<double> sums = product.AsSpan(row * rank, rank);
            for (int k = 0; k < rank; k++)
            {
                double factor = basis[(row * rank) + k];
                ReadOnlySpan<double> other = small.AsSpan(k * rank, rank);
                for (int j = 0; j < rank; j++)
                {
                    sums[j] += factor * other[j];
                }
            }
        }

        return product;
    }

    private void Sign(double[] u, double[] v)
    {
        for (int column = 0; column < Rank; column++)
        {
            double largest = 0;
            for (int row = 0; row < Rows; row++)
            {
                double entry = u[(row * Rank) + column];
                largest = Math.Abs(entry) > Math.Abs(largest) ? entry : largest;
            }

            for (int row = 0; row < Rows && largest < 0; row++)
            {
                u[(row * Rank) + column] *= -1;
            }

            for (int row = 0; row < Columns && largest < 0; row++)
            {
                v[(row * Rank) + column] *= -1;
            }
        }
    }
}
