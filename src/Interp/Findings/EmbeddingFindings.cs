using Vitrine.Interp.Embeddings;

namespace Vitrine.Interp.Findings;

/// <summary>Which tokens a model's embeddings hold alike.</summary>
internal static class EmbeddingFindings
{
    /// <summary>The nearest neighbour in the first matrix.</summary>
    public static Prose Title(TokenNeighbours of)
    {
        Neighbour best = of.Matrices[0].Nearest[0];
        return new Prose("Nearest to ").Token(of.Token).Text(" is ").Token(best.Id)
            .Text($", cosine {Cosine(best)}");
    }

    /// <summary>The nearest neighbour in the second, and how many both have.</summary>
    public static Prose Lead(TokenNeighbours of)
    {
        (MatrixNeighbours first, MatrixNeighbours second) = (of.Matrices[0], of.Matrices[1]);
        int both = first.Nearest.Select(one => one.Id)
            .Intersect(second.Nearest.Select(one => one.Id)).Count();
        int all = first.Nearest.Count;
        Prose said = new Prose($"That is by the embedding, {first.Matrix}; by the unembedding, "
            + $"{second.Matrix}, it is ").Token(second.Nearest[0].Id)
            .Text($", cosine {Cosine(second.Nearest[0])}.");
        return all == 1 ? said : said.Text(
            $" {(both == 0 ? "None" : Numerals.Count(both))} of the {Numerals.Count(all)} nearest "
            + $"{(both == 1 ? "is" : "are")} the same in both.");
    }

    /// <summary>How many tokens have one of their own class nearest.</summary>
    public static string SameClass(NeighbourScore score) =>
        $"{Numerals.Percent(score.SameClassShare, 0)} of {Numerals.Count(score.Tokens)} tokens "
        + "have a nearest neighbour of their own class";

    /// <summary>In which matrix that is, beside the other and chance.</summary>
    public static string SameClass(IReadOnlyList<NeighbourScore> scores) =>
        $"That is by {scores[0].Matrix}; by {scores[1].Matrix} it is "
        + $"{Numerals.Percent(scores[1].SameClassShare, 0)}, by chance "
        + $"{Numerals.Percent(scores[0].Baseline ?? 0, 0)}.";

    /// <summary>How far the lists reach.</summary>
    public static Prose Reach(TokenNeighbours of) => string.Join(" ", of.Matrices.Select(one =>
        one.Nearest.Count == 1 ? $"In {one.Matrix} the nearest has {Cosine(one.Nearest[0])}."
        : $"In {one.Matrix} the {Numerals.Count(one.Nearest.Count)} nearest have cosines from "
            + $"{Cosine(one.Nearest[0])} down to {Cosine(one.Nearest[^1])}."));

    /// <summary>How much of the variance two principal components show.</summary>
    public static Prose Components(IReadOnlyList<EmbeddingMap> maps) => string.Join(
        " ",
        maps.Where(map => map.ExplainedVariance is not null).Select(map =>
            $"The first two of the {map.ExplainedVariance!.Count} principal components of "
            + $"{map.Matrix} explain {Numerals.Percent(map.ExplainedVariance.Take(2).Sum())} of "
            + "its variance."));

    /// <summary>What is left of the divergence that t-SNE minimises; empty where there is no such
    /// map.</summary>
    public static string Divergences(IReadOnlyList<EmbeddingMap> maps) => string.Join(
        " ",
        maps.Where(map => map.Divergence is not null).Select(map =>
            $"t-SNE of {map.Matrix} ends at a divergence of "
            + $"{Numerals.Fixed(map.Divergence!.Value, 3)} nats."));

    private static string Cosine(Neighbour one) => Numerals.Score(one.Cosine);
}
