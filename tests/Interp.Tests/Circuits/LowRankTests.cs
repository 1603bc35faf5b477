using System.Numerics;
using Vitrine.Interp.Circuits;
using Vitrine.Tensors;

namespace Vitrine.Interp.Tests.Circuits;

public class LowRankTests
{
    [Fact]
    public void Rows_columns_and_entries_are_those_of_the_product()
    {
        using LowRank matrix = Random(1, 11, 7, 3);
        using Tensor<float> dense = matrix.Dense();
        for (int i = 0; i < 11; i++)
        {
            for (int j = 0; j < 7; j++)
            {
                Assert.Equal(dense[i, j], matrix.Row(i)[j], 1e-5);
                Assert.Equal(dense[i, j], matrix.Column(j)[i], 1e-5);
                Assert.Equal(dense[i, j], matrix[i, j], 1e-5);
            }
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => matrix[11, 0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix.Column(-1));
    }

    [Fact]
    public void Centring_takes_the_weighted_means_away()
    {
        using LowRank matrix = Random(2, 9, 6, 4);
        double[] rows = [.. Enumerable.Range(1, 9).Select(i => i / 45.0)];
        double[] columns = [.. Enumerable.Range(1, 6).Select(i => i / 21.0)];
        using LowRank centred = matrix.Centred(rows, columns);
        for (int i = 0; i < 9; i++)
        {
            Assert.Equal(0, Enumerable.Range(0, 6).Sum(j => columns[j] * centred[i, j]), 1e-5);
        }

        for (int j = 0; j < 6; j++)
        {
            Assert.Equal(0, Enumerable.Range(0, 9).Sum(i => rows[i] * centred[i, j]), 1e-5);
        }

        using LowRank onlyRows = matrix.Centred([], columns);
        double mean = Enumerable.Range(0, 6).Sum(j => columns[j] * matrix[3, j]);
        Assert.Equal(matrix[3, 2] - mean, onlyRows[3, 2], 1e-5);
        Assert.Throws<ShapeException>(() => matrix.Centred([1.0], []));
    }

    [Fact]
    public void A_choice_of_rows_and_columns_keeps_their_order()
    {
        using LowRank matrix = Random(3, 9, 6, 2);
        using LowRank chosen = matrix.Of([4, 1], null);
        Assert.Equal(matrix[1, 5], chosen[1, 5]);
        using LowRank both = matrix.Of([8], [5, 0]);
        Assert.Equal(matrix[8, 0], both[0, 1]);
    }

    [Fact]
    public void Eigenvalues_of_the_small_form_are_those_of_the_whole()
    {
        using LowRank matrix = Random(4, 23, 23, 5);
        using Tensor<float> dense = matrix.Dense();
        Complex[] whole = Eigenvalues.Of(Array.ConvertAll(dense.ToArray(), x => (double)x), 23);
        Assert.All(
            matrix.Eigenvalues().Zip(whole),
            pair => Assert.True(Complex.Abs(pair.First - pair.Second) < 1e-4, $"{pair}"));
        Assert.All(whole[5..], x => Assert.True(x.Magnitude < 1e-4));
        using LowRank oblong = Random(4, 5, 6, 2);
        Assert.Throws<ShapeException>(() => oblong.Eigenvalues());
    }

    [Theory]
    [InlineData(13, 9, 4)]
    [InlineData(3, 40, 6)]
    [InlineData(6, 6, 6)]
    public void The_decomposition_is_orthonormal_and_multiplies_back(
        int rows, int columns, int rank)
    {
        using LowRank matrix = Random(5, rows, columns, rank);
        SingularValues svd = matrix.Singular();
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                double sum = Enumerable.Range(0, rank).Sum(
                    k => svd.U[(i * rank) + k] * svd.Values[k] * svd.V[(j * rank) + k]);
                Assert.Equal(matrix[i, j], sum, 1e-10);
            }
        }

        int independent = Math.Min(rank, Math.Min(rows, columns));
        for (int k = 0; k < independent; k++)
        {
            for (int other = 0; other <= k; other++)
            {
                double dot = Enumerable.Range(0, rows).Sum(
                    i => svd.U[(i * rank) + k] * svd.U[(i * rank) + other]);
                Assert.Equal(k == other ? 1 : 0, dot, 1e-10);
            }

            double[] column = [.. Enumerable.Range(0, rows).Select(i => svd.U[(i * rank) + k])];
            Assert.True(column.MaxBy(Math.Abs) > 0);
        }

        Assert.All(svd.Values[independent..], value => Assert.True(value < 1e-9));
        Assert.Equal(svd.Values.OrderDescending(), svd.Values);
        Assert.Equal(Math.Sqrt(svd.Values.Sum(s => s * s)), matrix.FrobeniusNorm(), 1e-8);
    }

    [Fact]
    public void Factors_that_do_not_fit_are_refused()
    {
        using Tensor<float> left = Samples.Normal(1, 4, 3);
        using Tensor<float> right = Samples.Normal(1, 4, 2);
        Assert.Contains(
            "[4, 3] and [4, 2]",
            Assert.Throws<ShapeException>(() => new LowRank(left, right)).Message,
            StringComparison.Ordinal);
    }

    internal static LowRank Random(ulong seed, int rows, int columns, int rank) =>
        new(Samples.Normal(seed, rows, rank), Samples.Normal(seed + 1000, columns, rank));
}
