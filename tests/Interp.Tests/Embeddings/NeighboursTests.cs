using Vitrine.Interp.Embeddings;
using Vitrine.Models.Tokenizers;
using Vitrine.Tensors;

namespace Vitrine.Interp.Tests.Embeddings;

public class NeighboursTests
{
    [Fact]
    public void Nearest_are_those_of_the_cosine()
    {
        using Tensor<float> x = Samples.Normal(1, 1100, 7);
        int[] ids = [.. Enumerable.Range(0, 550).Select(i => 2 * i)];
        using var neighbours = new Neighbours(x, ids);
        int[] nearest = neighbours.NearestOfAll();
        foreach (int row in new[] { 0, 1, 511, 512, 549 })
        {
            int token = ids[row];
            int[] expected =
                [.. ids.Where(id => id != token).OrderByDescending(id => Cosine(x, token, id)).Take(
                    10)];
            IReadOnlyList<Neighbour> found = neighbours.Of(token);
            Assert.Equal(expected, found.Select(neighbour => neighbour.Id));
            Assert.All(found, neighbour =>
                Assert.Equal(Cosine(x, token, neighbour.Id), neighbour.Cosine, 2e-6));
            Assert.Equal(expected[0], nearest[row]);
        }
    }

    [Fact]
    public void Length_does_not_matter_and_zero_rows_are_near_nothing()
    {
        using Tensor<float> x = Tensor.From<float>([1, 0, 100, 1, 0, 0, -1, 0], [4, 2]);
        using var neighbours = new Neighbours(x, [0, 1, 2, 3]);
        Assert.Equal([1, 2, 3], neighbours.Of(0).Select(neighbour => neighbour.Id));
        Assert.Equal(-1, neighbours.Of(0)[2].Cosine, 1e-6);
        Assert.All(neighbours.Of(2), neighbour => Assert.Equal(0, neighbour.Cosine));
    }

    [Fact]
    public void A_planted_group_keeps_together_and_chance_is_stated()
    {
        // Tokens 0 … 9 share a direction; the classes are dealt out in turn.
        using Tensor<float> x = Samples.Normal(3, 200, 24);
        for (int token = 0; token < 10; token++)
        {
            x[token, 5] += 40;
        }

        TokenClass[] classes =
            [.. Enumerable.Range(0, 200).Select(
                i => i % 2 == 0 ? TokenClass.Word : TokenClass.Number)];
        TokenGroup[] groups =
            [new("planted", [.. Enumerable.Range(0, 10)]), new("none", [500, 501, 502]),
                new("spread", [20, 90, 150])];
        NeighbourScore score = NeighbourScore.Of(
            "W_E", x, [.. Enumerable.Range(0, 200)], classes, groups);
        Assert.Equal(["planted", "spread"], score.Groups.Select(group => group.Name));
        Assert.Equal(10, score.Groups[0].WithMemberNearest);
        Assert.Equal(10 * 9 / 199.0, score.Groups[0].Expected, 1e-12);
        Assert.Equal(2 * 100 * 99 / (200 * 199.0), score.Baseline!.Value, 1e-12);
        Assert.InRange(score.SameClassShare, 0.3, 0.7);
    }

    [Fact]
    public void English_groups_are_single_tokens()
    {
        Tokenizer tokenizer = Tokenizer.Gpt2();
        TokenGroup months = TokenGroup.English(tokenizer)[0];
        Assert.Equal("month", months.Name);
        Assert.Equal(12, months.Members.Count);
        Assert.Equal(" January", tokenizer.Text(months.Members[0]));
    }

    [Fact]
    public void A_token_that_was_not_prepared_is_refused()
    {
        using Tensor<float> x = Samples.Normal(1, 5, 2);
        using var neighbours = new Neighbours(x, [0, 2]);
        Assert.Throws<ArgumentException>(() => neighbours.Of(1));
        Assert.Throws<ShapeException>(() => new Neighbours(x, [0]));
    }

    private static double Cosine(Tensor<float> x, int a, int b)
    {
        double dot = 0, left = 0, right = 0;
        for (int i = 0; i < x.Shape[1]; i++)
        {
            dot += (double)x[a, i] * x[b, i];
            left += (double)x[a, i] * x[a, i];
            right += (double)x[b, i] * x[b, i];
        }

        return dot / Math.Sqrt(left * right);
    }
}
