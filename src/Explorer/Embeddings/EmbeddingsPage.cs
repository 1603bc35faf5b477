using Vitrine.Interp;
using Vitrine.Interp.Bigrams;
using Vitrine.Interp.Embeddings;
using Vitrine.Tensors;

namespace Vitrine.Explorer;

/// <summary>Which tokens a model's embeddings hold alike: a page.</summary>
internal static class EmbeddingsPage
{
    private const string NeighboursKey = "neighbours";

    /// <summary>The page of one token: its neighbours, and where it stands on the maps.</summary>
    /// <param name="path">The matrices; borrowed.</param>
    /// <param name="neighbours">The token's neighbours.</param>
    /// <param name="maps">The maps.</param>
    /// <param name="vocabulary">The tokens.</param>
    public static PageContent Of(
        DirectPath path, TokenNeighbours neighbours, IReadOnlyList<EmbeddingMap> maps,
        TokenVocabulary vocabulary)
    {
        ReportSection lists = ReportSection.Of(
            neighbours, NeighboursKey, "Neighbours", "vt-neighbours",
            EmbeddingFindings.Reach(neighbours),
            new { Examples = new[] { neighbours }, Rows = neighbours.Matrices[0].Nearest.Count });
        return new PageContent(
            EmbeddingFindings.Title(neighbours).Plain(vocabulary.Quoted),
            EmbeddingFindings.Lead(neighbours),
            [
                lists with
                {
                    Arrays = Weights(path),
                    Caption = $"{neighbours.Method} Neighbours of other tokens are computed in the "
                        + "page from weights of one byte.",
                    Table = ReportTable.Of(
                        ["matrix", "token", "cosine"],
                        neighbours.Matrices.SelectMany(
                            one => one.Nearest.Select(near => (one.Matrix, near))),
                        row =>
                        [
                            row.Matrix, new Prose().Token(row.near.Id),
                            Numerals.Score(row.near.Cosine),
                        ]),
                },
                EmbeddingMaps.Of(maps, [], EmbeddingFindings.Components(maps), NeighboursKey),
            ])
        {
            Opens = new Dictionary<string, string> { ["token"] = $"{neighbours.Token}" },
            NamesHeads = false,
        };
    }

    /// <summary>The page of the maps.</summary>
    /// <param name="path">The matrices; borrowed.</param>
    /// <param name="maps">The maps.</param>
    /// <param name="scores">What nearest neighbours have in common; empty where tokens have no
    /// text.</param>
    public static PageContent Of(
        DirectPath path, IReadOnlyList<EmbeddingMap> maps, IReadOnlyList<NeighbourScore> scores)
    {
        Prose components = EmbeddingFindings.Components(maps);
        string divergences = EmbeddingFindings.Divergences(maps);
        bool named = scores.Count > 0;
        ReportSection section = EmbeddingMaps.Of(
            maps, scores,
            named ? Prose.Joined(scores.Where(one => one.Groups.Count > 0)
                .Select(one => ZeroLayerFindings.Group(one).Text)) : divergences,
            EmbeddingMaps.Key);
        return new PageContent(
            named ? EmbeddingFindings.SameClass(scores[0])
                : $"{Numerals.Count(maps[0].Ids.Length)} tokens by two principal components",
            named ? Prose.Joined([EmbeddingFindings.SameClass(scores), components, divergences])
                : components,
            [
                section with
                {
                    Arrays = section.Arrays.Concat(Weights(path)).ToDictionary(),
                },
            ])
        {
            NamesHeads = false,
        };
    }

    /// <summary>Both matrices at one byte a weight, as <c>Web/bigrams/model.js</c> reads
    /// them.</summary>
    private static Dictionary<string, PackedArray> Weights(DirectPath path) =>
        DirectPathWeights.Matrices(
            QuantisedMatrix.Of(path.Embed), QuantisedMatrix.Of(path.Unembed));
}
