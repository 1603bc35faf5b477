namespace Vitrine.Interp.Embeddings;

/// <summary>Eigenvalues and eigenvectors of a symmetric matrix by Jacobi's cyclic
/// rotations.</summary>
/// <remarks>In double precision; every rotation zeroes one entry off the diagonal, and the sweeps
/// end when what is left off it is below rounding. Slow beyond a few hundred rows, and as accurate
/// as the matrix itself.</remarks>
internal static class SymmetricEigen
{
    private const int MaxSweeps = 64;

    /// <summary>Decomposes <c>A = Σ_i values[i] · vectors[i] vectors[i]ᵀ</c>, values
    /// falling.</summary>
    /// <param name="matrix">[n, n] row-major, symmetric; destroyed.</param>
    /// <param name="n">The number of rows.</param>
    /// <returns>The eigenvalues [n] and, as rows of [n, n], the unit eigenvectors.</returns>
    public static (double[] Values, double[] Vectors) Decompose(double[] matrix, int n)
    {
        double[] vectors = new double[n * n];
        double total = 0;
        for (int i = 0; i < n; i++)
        {
            vectors[(i * n) + i] = 1;
        }

        foreach (double entry in matrix)
        {
            total += entry * entry;
        }

        for (int sweep = 0; sweep < MaxSweeps && OffDiagonal(matrix, n) > 1e-30 * total; sweep++)
        {
            for (int p = 0; p < n - 1; p++)
            {
                for (int q = p + 1; q < n; q++)
                {
                    Rotate(matrix, vectors, n, p, q);
                }
            }
        }

        return Sorted(matrix, vectors, n);
    }

    // Golub & Van Loan, 8.5: the rotation whose tangent t is the smaller root of t² + 2τt − 1 = 0.
    private static void Rotate(double[] a, double[] vectors, int n, int p, int q)
    {
        double apq = a[(p * n) + q];
        if (apq == 0)
        {
            return;
        }

        double tau = (a[(q * n) + q] - a[(p * n) + p]) / (2 * apq);
        double t = tau >= 0 ? 1 / (tau + Math.Sqrt(1 + (tau * tau)))
            : -1 / (-tau + Math.Sqrt(1 + (tau * tau)));
        double c = 1 / Math.Sqrt(1 + (t * t));
        double s = t * c;
        for (int k = 0; k < n; k++)
        {
            double akp = a[(k * n) + p];
            double akq = a[(k * n) + q];
            a[(k * n) + p] = (c * akp) - (s * akq);
            a[(k * n) + q] = (s * akp) + (c * akq);
        }

        RotateRows(a, n, p, q, c, s);
        RotateRows(vectors, n, p, q, c, s);
        a[(p * n) + q] = 0;
        a[(q * n) + p] = 0;
    }

    private static void RotateRows(double[] a, int n, int p, int q, double c, double s)
    {
        Span<double> rowP = a.AsSpan(p * n, n);
        Span<double> rowQ = a.AsSpan(q * n, n);
        for (int k = 0; k < n; k++)
        {
            double up = rowP[k];
            double uq = rowQ[k];
            rowP[k] = (c * up) - (s * uq);
            rowQ[k] = (s * up) + (c * uq);
        }
    }

    private static double OffDiagonal(double[] a, int n)
    {
        double sum = 0;
        for (int row = 0; row < n; row++)
        {
            for (int column = 0; column < n; column++)
            {
                sum += row == column ? 0 : a[(row * n) + column] * a[(row * n) + column];
            }
        }

        return sum;
    }

    private static (double[] Values, double[] Vectors) Sorted(double[] a, double[] vectors, int n)
    {
        int[] order = new int[n];
        for (int i = 0; i < n; i++)
        {
            order[i] = i;
        }

        Array.Sort(order, (x, y) =>
        {
            int falling = a[(y * n) + y].CompareTo(a[(x * n) + x]);
            return falling != 0 ? falling : x.CompareTo(y);
        });
        double[] values = new double[n];
        double[] rows = new double[n * n];
        for (int i = 0; i < n; i++)
        {
            values[i] = a[(order[i] * n) + order[i]];
            vectors.AsSpan(order[i] * n, n).CopyTo(rows.AsSpan(i * n));
        }

        return (values, rows);
    }
}
