using FsCheck.Xunit;
using Vitrine.Interp.Bigrams;

namespace Vitrine.Interp.Tests.Bigrams;

public class BigramCountsTests
{
    private const int End = 4;

    // "0 1 0 1 2" and "1 1": pairs (4,0) (0,1) (1,0) (0,1) (1,2) and (4,1) (1,1); token 3 never
    // occurs.
    private static readonly int[] Stream = [End, 0, 1, 0, 1, 2, End, 1, 1];

    [Fact]
    public void Pairs_are_counted_inside_documents_only()
    {
        var counts = BigramCounts.Of(Stream, End, 5);
        Assert.Equal(7, counts.Pairs);
        Assert.Equal(2, counts.Documents);
        Assert.Equal(4, counts.Types);
        Assert.Equal(6, counts.Following.Cells);
        Assert.Equal(2, counts.Count(0, 1));
        Assert.Equal(1, counts.Count(End, 0));
        Assert.Equal(1, counts.Count(1, 1));
        Assert.Equal(0, counts.Count(2, End));
        Assert.Equal([2, 3, 0, 0, 2], counts.FirstCounts.ToArray());
        Assert.Equal([2, 4, 1, 0, 0], counts.SecondCounts.ToArray());
        Assert.Equal(2, counts.TokenCount(End));
    }

    [Fact]
    public void Frequencies_and_lifts_are_the_definitions()
    {
        var counts = BigramCounts.Of(Stream, End, 5);
        Assert.Equal(1.0 / 3, counts.Frequency(1, 2), 15);
        Assert.Equal(1.0 / 7, counts.UnigramFrequency(2), 15);
        Assert.Equal(7.0 / 3, counts.Lift(1, 2)!.Value, 14);
        Assert.Equal(0, counts.Lift(0, 2));
        Assert.Null(counts.Lift(2, 0));
        Assert.Null(counts.Lift(0, 3));
        Assert.Equal(0, counts.Frequency(3, 0));
    }

    [Fact]
    public void Most_frequent_pairs_and_heads_fall_and_break_ties_by_token()
    {
        var counts = BigramCounts.Of(Stream, End, 5);
        Assert.Equal(
            [new Bigram(0, 1, 2), new Bigram(1, 0, 1), new Bigram(1, 1, 1)],
            counts.MostFrequent(3));
        Assert.Equal(6, counts.MostFrequent(100).Count);
        Assert.Equal([1, 0, End], counts.MostFrequentHeads(9));
        Assert.Equal([1, 0, End, 2], counts.MostFrequentTokens(9));
    }

    [Property]
    public void Counts_equal_those_of_a_dictionary(int seed)
    {
        const int Vocabulary = 23;
        int[] stream = Samples.Stream(seed, 5, Vocabulary);
        var expected = new Dictionary<(int, int), int>();
        for (int i = 1; i < stream.Length; i++)
        {
            if (stream[i] != Vocabulary - 1)
            {
                expected[(stream[i - 1], stream[i])] =
                    expected.GetValueOrDefault((stream[i - 1], stream[i])) + 1;
            }
        }

        var counts = BigramCounts.Of(stream, Vocabulary - 1, Vocabulary);
        Assert.Equal(expected.Values.Sum(), counts.Pairs);
        Assert.Equal(expected.Count, counts.Following.Cells);
        Assert.Equal(expected.Count, counts.Preceding.Cells);
        for (int first = 0; first < Vocabulary; first++)
        {
            Assert.Equal(
                counts.FirstCounts[first], counts.Following.CountsOf(first).ToArray().Sum());
            Assert.Equal(
                counts.SecondCounts[first], counts.Preceding.CountsOf(first).ToArray().Sum());
            for (int second = 0; second < Vocabulary; second++)
            {
                int count = expected.GetValueOrDefault((first, second));
                Assert.Equal(count, counts.Following.Count(first, second));
                Assert.Equal(count, counts.Preceding.Count(second, first));
            }
        }

        Assert.Equal(
            expected.OrderByDescending(cell => cell.Value).ThenBy(cell => cell.Key).Take(7)
                .Select(cell => new Bigram(cell.Key.Item1, cell.Key.Item2, cell.Value)),
            counts.MostFrequent(7));
    }

    [Fact]
    public void A_stream_cut_in_a_document_counts_from_its_first_token()
    {
        var counts = BigramCounts.Of([0, 1, End, 2], End, 5);
        Assert.Equal(2, counts.Pairs);
        Assert.Equal(1, counts.Count(0, 1));
        Assert.Equal(1, counts.Documents);
        Assert.Equal(0, BigramCounts.Of([], End, 5).Pairs);
        Assert.Equal(0, BigramCounts.Of([End, End], End, 5).Pairs);
    }

    [Fact]
    public void Tokens_outside_the_vocabulary_are_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => BigramCounts.Of([End, 5], End, 5));
        Assert.Contains("tokens must be 0 … 4; got 5", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => BigramCounts.Of([0], 7, 5));
    }
}
