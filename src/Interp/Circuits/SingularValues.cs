using Vitrine.Interp.Embeddings;

namespace Vitrine.Interp.Circuits;

/// <summary>The singular value decomposition <c>M = U S Vᵀ</c> of a low-rank matrix.</summary>
/// <param name="Values">S [rank], falling.</param>
/// <param name="U">Left singular vectors as columns of [rows, rank], row-major.</param>
/// <param name="V">Right singular vectors as columns of [columns, rank], row-major.</param>
/// <remarks>Each pair of vectors is signed so that the entry of U that is largest in size is
/// positive. Where a singular value is 0 within rounding its vectors are zero.</remarks>
internal sealed record SingularValues(double[] Values, double[] U, double[] V);

/// <summary>Singular values and orthonormal bases, in double precision.</summary>
internal static class Orthogonal
{
    private const double Dependent = 1e-12;

    /// <summary>Gram–Schmidt, with each vector orthogonalised twice: <c>X = Q T</c>.</summary>
    /// <param name="x">[rows, rank] row-major; becomes Q, with a zero column for each column of X
    /// that depends on those before it.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="rank">The number of columns.</param>
    /// <returns>T [rank, rank], upper triangular.</returns>
    public static double[] Basis(double[] x, int rows, int rank)
    {
        double[] columns = Transposed(x, rows, rank);
        double[] t = new double[rank * rank];
        for (int j = 0; j < rank; j++)
        {
            Span<double> column = columns.AsSpan(j * rows, rows);
            double before = TensorPrimitives.Norm<double>(column);
            for (int pass = 0; pass < 2; pass++)
            {
                for (int i = 0; i < j; i++)
                {
                    ReadOnlySpan<double> unit = columns.AsSpan(i * rows, rows);
                    double along = TensorPrimitives.Dot(unit, column);
                    t[(i * rank) + j] += along;
                    TensorPrimitives.MultiplyAdd(unit, -along, column, column);
                }
            }

            double length = TensorPrimitives.Norm<double>(column);
            bool dependent = length <= Dependent * before;
            t[(j * rank) + j] = dependent ? 0 : length;
            TensorPrimitives.Multiply(column, dependent ? 0 : 1 / length, column);
        }

        Transposed(columns, rank, rows).CopyTo(x, 0);
        return t;
    }

    /// <summary><c>B = U S Vᵀ</c>, from the symmetric matrix <c>[0 B; Bᵀ 0]</c>, whose eigenvalues
    /// are ±s with the vectors (u, ±v) / √2 (Golub and Van Loan 8.6.1).</summary>
    /// <param name="b">[n, n] row-major; not modified.</param>
    /// <param name="n">The number of rows.</param>
    /// <returns>Values falling, and U and V with singular vectors as columns, [n, n] row-major;
    /// zero where the value is 0 within rounding.</returns>
    public static SingularValues Decompose(double[] b, int n)
    {
        double[] both = new double[4 * n * n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                both[(i * 2 * n) + n + j] = both[((n + j) * 2 * n) + i] = b[(i * n) + j];
            }
        }

        (double[] values, double[] vectors) = SymmetricEigen.Decompose(both, 2 * n);
        double[] u = new double[n * n];
        double[] v = new double[n * n];
        for (int k = 0; k < n && values[k] > Dependent * values[0]; k++)
        {
            for (int i = 0; i < n; i++)
            {
                u[(i * n) + k] = Math.Sqrt(2) * vectors[(k * 2 * n) + i];
                v[(i * n) + k] = Math.Sqrt(2) * vectors[(k * 2 * n) + n + i];
            }
        }

        return new SingularValues([.. values.Take(n).Select(value => Math.Max(0, value))], u, v);
    }

    private static double[] Transposed(double[] x, int rows, int columns)
    {
        double[] result = new double[x.Length];
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                result[(j * rows) + i] = x[(i * columns) + j];
            }
        }

        return result;
    }
}
