namespace Vitrine.Interp.Circuits;

/// <summary>The singular value decomposition <c>M = U S Vᵀ</c> of a low-rank matrix.</summary>
/// <param name="Values">S [rank], falling.</param>
/// <param name="U">Left singular vectors as columns of [rows, rank], row-major.</param>
/// <param name="V">Right singular vectors as columns of [columns, rank], row-major.</param>
/// <remarks>Each pair of vectors is signed so that the entry of U that is largest in size is
/// positive. Where a singular value is 0 within rounding its vectors are zero.</remarks>
public sealed record SingularValues(double[] Values, double[] U, double[] V);

/// <summary>One-sided Jacobi rotations and orthonormal bases, in double precision.</summary>
internal static class Orthogonal
{
    private const int MaxSweeps = 64;
    private const double Rounding = 2.3e-16;
    private const double Dependent = 1e-12;

    /// <summary>Gram and Schmidt, each vector cleaned twice: <c>X = Q T</c>.</summary>
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
            double before = Math.Sqrt(Dot(column, column));
            for (int pass = 0; pass < 2; pass++)
            {
                for (int i = 0; i < j; i++)
                {
                    ReadOnlySpan<double> unit = columns.AsSpan(i * rows, rows);
                    double along = Dot(unit, column);
                    t[(i * rank) + j] += along;
                    AddScaled(column, unit, -along);
                }
            }

            double length = Math.Sqrt(Dot(column, column));
            bool dependent = length <= Dependent * before;
            t[(j * rank) + j] = dependent ? 0 : length;
            Scale(column, dependent ? 0 : 1 / length);
        }

        Transposed(columns, rank, rows).CopyTo(x, 0);
        return t;
    }

    /// <summary><c>B = U S Vᵀ</c>: pairs of columns are rotated until all are orthogonal (Golub and
    /// Van Loan 8.6.3); small singular values come out as well as large ones.</summary>
    /// <param name="b">[n, n] row-major; kept.</param>
    /// <param name="n">The number of rows.</param>
    /// <returns>Values falling, and U and V with singular vectors as columns, [n, n]
    /// row-major.</returns>
    public static SingularValues Decompose(double[] b, int n)
    {
        double[] u = Transposed(b, n, n);
        double[] v = new double[n * n];
        for (int i = 0; i < n; i++)
        {
            v[(i * n) + i] = 1;
        }

        bool rotated = true;
        for (int sweep = 0; sweep < MaxSweeps && rotated; sweep++)
        {
            rotated = false;
            for (int p = 0; p < n - 1; p++)
            {
                for (int q = p + 1; q < n; q++)
                {
                    rotated |= Rotate(u, v, n, p, q);
                }
            }
        }

        double[] lengths = new double[n];
        int[] order = new int[n];
        for (int i = 0; i < n; i++)
        {
            Span<double> column = u.AsSpan(i * n, n);
            lengths[i] = Math.Sqrt(Dot(column, column));
            order[i] = i;
            Scale(column, lengths[i] > 0 ? 1 / lengths[i] : 0);
        }

        Array.Sort(
            order, (x, y) => lengths[x] != lengths[y] ? lengths[y].CompareTo(lengths[x]) : x - y);
        return new SingularValues(
            [.. order.Select(i => lengths[i])], Reordered(u, n, order), Reordered(v, n, order));
    }

    public static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        double even = 0;
        double odd = 0;
        int i = 0;
        for (; i + 1 < x.Length; i += 2)
        {
            even += x[i] * y[i];
            odd += x[i + 1] * y[i + 1];
        }

        return even + odd + (i < x.Length ? x[i] * y[i] : 0);
    }

    // Rows p and q of u (columns of the matrix) become orthogonal; v turns with them.
    private static bool Rotate(double[] u, double[] v, int n, int p, int q)
    {
        Span<double> up = u.AsSpan(p * n, n);
        Span<double> uq = u.AsSpan(q * n, n);
        double a = Dot(up, up);
        double b = Dot(uq, uq);
        double c = Dot(up, uq);
        if (Math.Abs(c) <= Rounding * Math.Sqrt(a * b))
        {
            return false;
        }

        double tau = (b - a) / (2 * c);
        double t = (tau < 0 ? -1 : 1) / (Math.Abs(tau) + Math.Sqrt(1 + (tau * tau)));
        double cos = 1 / Math.Sqrt(1 + (t * t));
        double sin = t * cos;
        Turn(up, uq, cos, sin);
        Turn(v.AsSpan(p * n, n), v.AsSpan(q * n, n), cos, sin);
        return true;
    }

    private static void Turn(Span<double> x, Span<double> y, double cos, double sin)
    {
        for (int i = 0; i < x.Length; i++)
        {
            (x[i], y[i]) = ((cos * x[i]) - (sin * y[i]), (sin * x[i]) + (cos * y[i]));
        }
    }

    private static void AddScaled(Span<double> x, ReadOnlySpan<double> y, double factor)
    {
        for (int i = 0; i < x.Length; i++)
        {
            x[i] += factor * y[i];
        }
    }

    private static void Scale(Span<double> x, double factor)
    {
        foreach (ref double entry in x)
        {
            entry *= factor;
        }
    }

    private static double[] Reordered(double[] rows, int n, int[] order)
    {
        double[] columns = new double[n * n];
        for (int place = 0; place < n; place++)
        {
            for (int i = 0; i < n; i++)
            {
                columns[(i * n) + place] = rows[(order[place] * n) + i];
            }
        }

        return columns;
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
