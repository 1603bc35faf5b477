using Vitrine.Interp.Circuits;
using Vitrine.Tensors;

namespace Vitrine.Interp.Tests.Circuits;

[Collection(nameof(Alone))]
public class LargestEntriesTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(7, 5, 35)]
    [InlineData(129, 1025, 40)]
    [InlineData(300, 2500, 1000)]
    [InlineData(513, 33, 17)]
    public void Equal_those_of_the_sorted_matrix(int rows, int columns, int count)
    {
        using LowRank matrix = LowRankTests.Random(7, rows, columns, 6);
        using Tensor<float> dense = matrix.Dense();
        Entry[] expected = Sorted(dense, count);
        foreach (int threads in (int[])[1, 3])
        {
            Samples.WithThreads(
                threads, () => Assert.Equal(expected, LargestEntries.Of(matrix, count)));
        }
    }

    [Fact]
    public void Ties_go_to_the_lower_row_then_the_lower_column_whatever_the_threads()
    {
        using var matrix = new LowRank(Tensor.Full([400, 1], 1f), Tensor.Full([1500, 1], 2f));
        Entry[] expected =
            [.. Enumerable.Range(0, 1600).Select(i => new Entry(i / 1500, i % 1500, 2f))];
        Samples.WithThreads(4, () => Assert.Equal(expected, LargestEntries.Of(matrix, 1600)));
    }

    [Fact]
    public void Asking_for_more_than_there_are_or_for_none_gives_what_there_is()
    {
        using LowRank matrix = LowRankTests.Random(8, 3, 4, 2);
        Assert.Equal(12, LargestEntries.Of(matrix, 99).Length);
        Assert.Empty(LargestEntries.Of(matrix, 0));
        using var none = new LowRank(Tensor.Empty<float>([0, 2]), Tensor.Empty<float>([4, 2]));
        Assert.Empty(LargestEntries.Of(none, 5));
    }

    [Fact]
    public void A_value_that_is_not_a_number_is_an_error()
    {
        using LowRank matrix = LowRankTests.Random(9, 40, 40, 2);
        matrix.Left.WritableSpan[60] = float.NaN;
        Assert.Contains(
            "(30, ",
            Assert.Throws<ArithmeticException>(() => LargestEntries.Of(matrix, 3)).Message,
            StringComparison.Ordinal);
    }

    private static Entry[] Sorted(Tensor<float> dense, int count)
    {
        int columns = dense.Shape[1];
        float[] values = dense.ToArray();
        return
        [
            .. Enumerable.Range(0, values.Length).OrderByDescending(i => values[i]).ThenBy(
            i => i).Take(count)
                .Select(i => new Entry(i / columns, i % columns, values[i])),
        ];
    }
}
