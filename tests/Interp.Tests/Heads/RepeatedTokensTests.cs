using Vitrine.Interp.Heads;

namespace Vitrine.Interp.Tests.Heads;

public class RepeatedTokensTests
{
    [Fact]
    public void A_copy_of_different_tokens_from_the_list_comes_twice()
    {
        int[] ids = [.. Enumerable.Range(100, 60)];
        RepeatedTokens drawn = RepeatedTokens.Draw(ids, 50, 20, seed: 3, first: 7);
        Assert.Equal(101, drawn.Positions);
        Assert.Equal(20, drawn.Sequences.Count);
        foreach (int[] row in drawn.Sequences)
        {
            Assert.Equal(7, row[0]);
            Assert.Equal(row[1..51], row[51..]);
            Assert.Equal(50, row[1..51].Distinct().Count());
            Assert.All(row[1..], id => Assert.InRange(id, 100, 159));
        }

        Assert.Equal(20, drawn.Sequences.Select(row => string.Join(',', row)).Distinct().Count());
        // All of the list is used, about equally: 20 · 50 / 60 times each.
        int[] counts =
            [.. ids.Select(id => drawn.Sequences.Sum(row => row[1..51].Count(x => x == id)))];
        Assert.All(counts, count => Assert.InRange(count, 9, 20));
    }

    [Fact]
    public void The_seed_decides_and_the_first_few_of_many_are_the_few()
    {
        int[] ids = [.. Enumerable.Range(0, 40)];
        RepeatedTokens many = RepeatedTokens.Draw(ids, 10, 8, seed: 5, first: null);
        RepeatedTokens few = RepeatedTokens.Draw(ids, 10, 3, seed: 5, first: null);
        Assert.Equal(0, many.Start);
        Assert.Equal(few.Sequences, many.Sequences.Take(3));
        Assert.NotEqual(
            few.Sequences[0], RepeatedTokens.Draw(ids, 10, 1, seed: 6, first: null).Sequences[0]);
        Assert.Equal(Enumerable.Range(0, 40), ids);
    }

    [Fact]
    public void Too_short_a_list_is_refused()
    {
        var error = Assert.Throws<ArgumentException>(
            () => RepeatedTokens.Draw([1, 2, 3], 4, 1, seed: 0, first: null));
        Assert.Contains(
            "4 different tokens; got a list of 3", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(
            () => RepeatedTokens.Draw([1, 2, 3], 0, 1, seed: 0, first: null));
    }

    [Fact]
    public void Windows_lie_inside_documents()
    {
        int[] stream = [0, 1, 2, 3, 4, 0, 5, 6, 0, 7, 8, 9, 10, 11, 12];
        Assert.Equal(
            [[0, 1, 2], [0, 5, 6], [0, 7, 8], [9, 10, 11]], TextWindows.Of(stream, 0, 3, 99));
        Assert.Equal([[0, 1, 2], [0, 7, 8]], TextWindows.Of(stream, 0, 3, 2));
        Assert.Throws<ArgumentException>(() => TextWindows.Of(stream, 0, 8, 2));
    }
}
