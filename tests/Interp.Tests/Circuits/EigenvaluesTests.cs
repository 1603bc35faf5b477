using System.Numerics;
using FsCheck.Xunit;
using Vitrine.Interp.Circuits;
using Vitrine.Tensors;

namespace Vitrine.Interp.Tests.Circuits;

public class EigenvaluesTests
{
    [Theory]
    [InlineData(160)]
    [InlineData(-170)]
    [InlineData(-300)]
    public void The_size_of_the_entries_does_not_matter(int power)
    {
        const int N = 9;
        double[] matrix = Doubles(Samples.Normal(5, N, N));
        Complex[] expected = Eigenvalues.Of(matrix, N);
        double factor = Math.Pow(10, power);
        Complex[] scaled = Eigenvalues.Of(Array.ConvertAll(matrix, x => x * factor), N);
        for (int i = 0; i < N; i++)
        {
            Assert.InRange(Complex.Abs((scaled[i] / factor) - expected[i]), 0, 1e-12);
        }
    }

    [Fact]
    public void The_basis_does_not_matter()
    {
        const int N = 33;
        double[] matrix = Doubles(Samples.Normal(6, N, N));
        Complex[] expected = Eigenvalues.Of(matrix, N);
        double[] scaled = [.. matrix];
        for (int i = 0; i < N; i++)
        {
            for (int j = 0; j < N; j++)
            {
                scaled[(i * N) + j] = Math.ScaleB(scaled[(i * N) + j], (16 - i) - (16 - j));
            }
        }

        Complex[] other = Eigenvalues.Of(scaled, N);
        for (int i = 0; i < N; i++)
        {
            Assert.InRange(Complex.Abs(other[i] - expected[i]), 0, 1e-11);
        }
    }

    [Property(MaxTest = 60)]
    public void Sums_and_products_are_those_of_the_matrix(ushort seed, byte size)
    {
        int n = 1 + (size % 24);
        double[] matrix = Doubles(Samples.Normal(seed, n, n));
        Complex[] values = Eigenvalues.Of(matrix, n);
        double trace = 0;
        double traceOfSquare = 0;
        for (int i = 0; i < n; i++)
        {
            trace += matrix[(i * n) + i];
            for (int j = 0; j < n; j++)
            {
                traceOfSquare += matrix[(i * n) + j] * matrix[(j * n) + i];
            }
        }

        Near(trace, Sum(values, x => x), 1e-11 * n);
        Near(traceOfSquare, Sum(values, x => x * x), 1e-10 * n * n);
        Complex product = values.Aggregate(Complex.One, (p, x) => p * x);
        double determinant = Determinant(matrix, n);
        Near(determinant, product, 1e-9 * Math.Max(1, Math.Abs(determinant)));
        Assert.Equal(
            values.OrderByDescending(x => x.Magnitude).Select(x => x.Magnitude),
            values.Select(x => x.Magnitude));
    }

    [Property(MaxTest = 40)]
    public void Those_of_a_similar_matrix_are_the_planted_ones(ushort seed)
    {
        // S D S⁻¹ with S unit triangular, so that its inverse is exact to rounding: D has real
        // entries and one rotation block.
        const int N = 7;
        double[] planted = [5, -4, 3, 0.5, 0];
        double[] d = new double[N * N];
        for (int i = 0; i < planted.Length; i++)
        {
            d[(i * N) + i] = planted[i];
        }

        (d[(5 * N) + 5], d[(5 * N) + 6], d[(6 * N) + 5], d[(6 * N) + 6]) = (1, 2, -2, 1);
        double[] noise = Doubles(Samples.Normal(seed, N, N));
        double[] matrix = d;
        for (int i = 1; i < N; i++)
        {
            for (int j = 0; j < i; j++)
            {
                AddRow(matrix, N, i, j, 0.5 * noise[(i * N) + j]);
            }
        }

        Complex[] values = Eigenvalues.Of(matrix, N);
        Complex[] expected = [5, -4, 3, new(1, 2), new(1, -2), 0.5, 0];
        Assert.All(expected.Zip(values), pair => Assert.True(
            Complex.Abs(pair.First - pair.Second) < 1e-9, $"{pair.First} became {pair.Second}"));
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.3)]
    [InlineData(1.5707963267948966)]
    [InlineData(3.0)]
    public void A_rotation_has_the_pair_on_the_unit_circle(double angle)
    {
        (double sin, double cos) = Math.SinCos(angle);
        Complex[] values = Eigenvalues.Of([cos, -sin, 0, sin, cos, 0, 0, 0, 0.25], 3);
        Near(new Complex(cos, sin), values[0], 1e-15);
        Near(new Complex(cos, -sin), values[1], 1e-15);
        Near(0.25, values[2], 1e-15);
    }

    [Fact]
    public void A_cyclic_shift_has_the_roots_of_one()
    {
        // Every ordinary shift of a permutation matrix stalls; the odd one ends it.
        const int N = 8;
        double[] matrix = new double[N * N];
        for (int i = 0; i < N; i++)
        {
            matrix[(i * N) + ((i + 1) % N)] = 1;
        }

        Complex[] values = Eigenvalues.Of(matrix, N);
        Assert.All(values, x => Near(1, Complex.Pow(x, N), 1e-12));
        Near(0, Sum(values, x => x), 1e-13);
    }

    [Fact]
    public void A_defective_matrix_loses_the_root_of_the_rounding_and_no_more()
    {
        // One Jordan block of size 4: an error of ε in the matrix moves the eigenvalue by ε^¼.
        double[] rotated = Conjugated([2, 1, 0, 0, 0, 2, 1, 0, 0, 0, 2, 1, 0, 0, 0, 2], 4);
        Complex[] values = Eigenvalues.Of(rotated, 4);
        Assert.All(values, x => Near(2, x, 1e-3));
        Near(8, Sum(values, x => x), 1e-12);
        Assert.All(Eigenvalues.Of([2, 1, 0, 2], 2), x => Assert.Equal(2, x));
    }

    [Fact]
    public void Zero_empty_and_graded_matrices()
    {
        Assert.Empty(Eigenvalues.Of([], 0));
        Assert.All(Eigenvalues.Of(new double[25], 5), x => Assert.Equal(Complex.Zero, x));
        Complex[] graded = Eigenvalues.Of([1e12, 1, 0, 1, 1, 1e-6, 0, 1, 1e-9], 3);
        Near(1e12 + 1 + 1e-9, Sum(graded, x => x), 1e-3);
    }

    [Fact]
    public void What_is_not_square_or_not_finite_is_refused()
    {
        Assert.Contains(
            "must be square; got 3 entries for 2 rows",
            Assert.Throws<ArgumentException>(() => Eigenvalues.Of([1, 2, 3], 2)).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Eigenvalues.Of([double.NaN], 1));
    }

    private static double[] Doubles(Tensor<float> tensor)
    {
        using (tensor)
        {
            return Array.ConvertAll(tensor.ToArray(), x => (double)x);
        }
    }

    private static Complex Sum(Complex[] values, Func<Complex, Complex> of) =>
        values.Aggregate(Complex.Zero, (sum, x) => sum + of(x));

    private static void Near(Complex expected, Complex actual, double tolerance) =>
        Assert.True(
            Complex.Abs(expected - actual) <= tolerance, $"{expected} expected; got {actual}");

    // The similarity by I + f E_ij: adds f times row j to row i, takes f times column i from column
    // j.
    private static void AddRow(double[] matrix, int n, int i, int j, double f)
    {
        for (int k = 0; k < n; k++)
        {
            matrix[(i * n) + k] += f * matrix[(j * n) + k];
        }

        for (int k = 0; k < n; k++)
        {
            matrix[(k * n) + j] -= f * matrix[(k * n) + i];
        }
    }

    private static double[] Conjugated(double[] matrix, int n)
    {
        for (int i = 0; i < n - 1; i++)
        {
            AddRow(matrix, n, i + 1, i, 0.7);
            AddRow(matrix, n, i, i + 1, -0.4);
        }

        return matrix;
    }

    private static double Determinant(double[] matrix, int n)
    {
        double[] a = [.. matrix];
        double product = 1;
        for (int column = 0; column < n; column++)
        {
            int pivot = column;
            for (int row = column; row < n; row++)
            {
                pivot = Math.Abs(a[(row * n) + column]) > Math.Abs(a[(pivot * n) + column])
                    ? row : pivot;
            }

            for (int k = 0; k < n && pivot != column; k++)
            {
                (a[(column * n) + k], a[(pivot * n) + k]) =
                    (-a[(pivot * n) + k], a[(column * n) + k]);
            }

            product *= a[(column * n) + column];
            for (int row = column + 1; row < n; row++)
            {
                double factor = a[(row * n) + column] / a[(column * n) + column];
                for (int k = column; k < n; k++)
                {
                    a[(row * n) + k] -= factor * a[(column * n) + k];
                }
            }
        }

        return product;
    }
}
