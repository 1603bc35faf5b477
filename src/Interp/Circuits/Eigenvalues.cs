using System.Numerics;

namespace Vitrine.Interp.Circuits;

/// <summary>The eigenvalues of a real square matrix that need not be symmetric, in double
/// precision.</summary>
/// <remarks>
/// Powers of two balance the matrix: its rows and columns become about as long as each other,
/// whatever basis it is written in, and its largest entry about 1. Householder reflections bring it
/// to Hessenberg form; Francis' implicit double shifts drive its subdiagonal to zero, one
/// eigenvalue or one conjugate pair at a time. The method is
/// backward stable: the result is exact for a matrix within rounding of the given one, so that
/// simple eigenvalues are as good as the matrix, and a defective eigenvalue of multiplicity m is
/// off by about the m-th root of the rounding. O(n³). Golub and Van Loan, Matrix Computations, 7.4
/// and 7.5; balancing by Parlett and Reinsch, 1969.
/// </remarks>
internal static partial class Eigenvalues
{
    private const double Rounding = 2.220446049250313e-16;
    private const int StepsPerEigenvalue = 60;
    private const int StepsBeforeOddShift = 10;

    /// <summary>All n eigenvalues with their multiplicity, by falling modulus; in a conjugate pair,
    /// the one above the real axis comes first.</summary>
    /// <param name="matrix">[n, n], row-major; not modified.</param>
    /// <param name="n">The number of rows.</param>
    /// <exception cref="ArgumentException">The matrix does not have n² entries, or one is not
    /// finite.</exception>
    /// <exception cref="ArithmeticException">The iteration does not converge.</exception>
    public static Complex[] Of(ReadOnlySpan<double> matrix, int n)
    {
        if (n < 0 || matrix.Length != (long)n * n)
        {
            throw new ArgumentException(
                $"Eigenvalues: the matrix must be square; got {matrix.Length} entries for {n} "
                    + "rows.",
                nameof(matrix));
        }

        double largest = 0;
        foreach (double entry in matrix)
        {
            if (!double.IsFinite(entry))
            {
                throw new ArgumentException(
                    $"Eigenvalues: every entry must be finite; got {entry}.", nameof(matrix));
            }

            largest = Math.Max(largest, Math.Abs(entry));
        }

        double[] h = matrix.ToArray();
        int exponent = largest == 0 ? 0 : Math.ILogB(largest);
        for (int i = 0; i < h.Length; i++)
        {
            h[i] = Math.ScaleB(h[i], -exponent);
        }

        Balance(h, n);
        double norm = h.Length == 0 ? 0 : h.Max(Math.Abs) * n;
        ToHessenberg(h, n);
        var values = new Complex[n];
        Deflate(h, n, norm, values);
        for (int i = 0; i < n; i++)
        {
            values[i] = new Complex(
                Math.ScaleB(values[i].Real, exponent), Math.ScaleB(values[i].Imaginary, exponent));
        }

        Array.Sort(values, Compare);
        return values;
    }

    private static int Compare(Complex x, Complex y)
    {
        int byModulus = y.Magnitude.CompareTo(x.Magnitude);
        int byReal = y.Real.CompareTo(x.Real);
        return byModulus != 0 ? byModulus
            : byReal != 0 ? byReal
            : y.Imaginary.CompareTo(x.Imaginary);
    }

    // Column by column, a reflection of the rows below the diagonal, and of the same columns.
    private static void ToHessenberg(double[] h, int n)
    {
        double[] v = new double[n];
        for (int column = 0; column < n - 2; column++)
        {
            int first = column + 1;
            for (int i = first; i < n; i++)
            {
                v[i] = h[(i * n) + column];
            }

            double beta = Reflector(v.AsSpan(first));
            if (beta == 0)
            {
                continue;
            }

            ReflectRows(h, n, v.AsSpan(first), first, column, n - 1, beta);
            ReflectColumns(h, n, v.AsSpan(first), first, 0, n - 1, beta);
            for (int i = column + 2; i < n; i++)
            {
                h[(i * n) + column] = 0;
            }
        }
    }

    private static void Deflate(double[] h, int n, double norm, Complex[] values)
    {
        int high = n - 1;
        int steps = 0;
        while (high >= 0)
        {
            int low = Decoupled(h, n, high, norm);
            if (low == high)
            {
                values[high] = h[(high * n) + high];
                high--;
                steps = 0;
            }
            else if (low == high - 1)
            {
                (values[low], values[high]) = OfTwo(
                    h[(low * n) + low], h[(low * n) + high], h[(high * n) + low],
                    h[(high * n) + high]);
                high -= 2;
                steps = 0;
            }
            else if (++steps > StepsPerEigenvalue)
            {
                throw new ArithmeticException(
                    $"Eigenvalues: {StepsPerEigenvalue} steps did not separate eigenvalue {high} "
                        + $"of {n}.");
            }
            else
            {
                Step(h, n, low, high, odd: steps % StepsBeforeOddShift == 0);
            }
        }
    }

    // The first row of the last block that no subdiagonal entry ties to what stands above it.
    private static int Decoupled(double[] h, int n, int high, double norm)
    {
        for (int row = high; row > 0; row--)
        {
            double near = Math.Abs(h[((row - 1) * n) + row - 1]) + Math.Abs(h[(row * n) + row]);
            if (Math.Abs(h[(row * n) + row - 1]) <= Rounding * (near == 0 ? norm : near))
            {
                h[(row * n) + row - 1] = 0;
                return row;
            }
        }

        return 0;
    }

    // x² − (trace) x + det of [a b; c d], the root of larger modulus first, so that nothing
    // cancels.
    private static (Complex First, Complex Second) OfTwo(double a, double b, double c, double d)
    {
        double half = (a - d) / 2;
        double square = (half * half) + (b * c);
        if (square < 0)
        {
            double height = Math.Sqrt(-square);
            return (new Complex((a + d) / 2, height), new Complex((a + d) / 2, -height));
        }

        double far = half + (half < 0 ? -Math.Sqrt(square) : Math.Sqrt(square));
        return (d + far, far == 0 ? d : d - (b * c / far));
    }

    // One implicit double shift by the eigenvalues of the trailing 2×2 block: the first column of
    // (H − s₁)(H − s₂) is reflected, and the bulge that this makes is chased down.
    private static void Step(double[] h, int n, int low, int high, bool odd)
    {
        double corner = Math.Abs(h[(high * n) + high - 1])
            + Math.Abs(h[((high - 1) * n) + high - 2]);
        double a = h[((high - 1) * n) + high - 1];
        double d = h[(high * n) + high];
        double trace = odd ? 1.5 * corner : a + d;
        double det = odd
            ? corner * corner
            : (a * d) - (h[((high - 1) * n) + high] * h[(high * n) + high - 1]);

        double h00 = h[(low * n) + low];
        double h10 = h[((low + 1) * n) + low];
        Span<double> v = stackalloc double[3];
        v[0] = (h00 * h00) + (h[(low * n) + low + 1] * h10) - (trace * h00) + det;
        v[1] = h10 * (h00 + h[((low + 1) * n) + low + 1] - trace);
        v[2] = h10 * h[((low + 2) * n) + low + 1];
        for (int k = low; k < high; k++)
        {
            int last = Math.Min(k + 2, high);
            Span<double> used = v[..(last - k + 1)];
            double beta = Reflector(used);
            ReflectRows(h, n, used, k, Math.Max(low, k - 1), high, beta);
            ReflectColumns(h, n, used, k, low, Math.Min(k + 3, high), beta);
            if (k > low)
            {
                for (int i = k + 1; i <= last; i++)
                {
                    h[(i * n) + k - 1] = 0;
                }
            }

            for (int i = 0; i < 3 && k + 1 + i <= high; i++)
            {
                v[i] = h[((k + 1 + i) * n) + k];
            }
        }
    }

    // Turns x into v with (I − β v vᵀ) x along the first axis; β = 0 where x lies there already.
    private static double Reflector(Span<double> x)
    {
        double largest = 0;
        foreach (double entry in x[1..])
        {
            largest = Math.Max(largest, Math.Abs(entry));
        }

        if (largest == 0)
        {
            return 0;
        }

        largest = Math.Max(largest, Math.Abs(x[0]));
        double sum = 0;
        for (int i = 0; i < x.Length; i++)
        {
            x[i] /= largest;
            sum += x[i] * x[i];
        }

        x[0] += x[0] < 0 ? -Math.Sqrt(sum) : Math.Sqrt(sum);
        double length = 0;
        foreach (double entry in x)
        {
            length += entry * entry;
        }

        return 2 / length;
    }

    private static void ReflectRows(
        double[] h, int n, ReadOnlySpan<double> v, int first, int from, int to, double beta)
    {
        for (int column = from; column <= to && beta != 0; column++)
        {
            double sum = 0;
            for (int i = 0; i < v.Length; i++)
            {
                sum += v[i] * h[((first + i) * n) + column];
            }

            sum *= beta;
            for (int i = 0; i < v.Length; i++)
            {
                h[((first + i) * n) + column] -= sum * v[i];
            }
        }
    }

    private static void ReflectColumns(
        double[] h, int n, ReadOnlySpan<double> v, int first, int from, int to, double beta)
    {
        for (int row = from; row <= to && beta != 0; row++)
        {
            Span<double> entries = h.AsSpan((row * n) + first, v.Length);
            double sum = 0;
            for (int i = 0; i < v.Length; i++)
            {
                sum += v[i] * entries[i];
            }

            sum *= beta;
            for (int i = 0; i < v.Length; i++)
            {
                entries[i] -= sum * v[i];
            }
        }
    }
}
