using Vitrine.Interp.Embeddings;
using Vitrine.Interp.Studies;

namespace Vitrine.Explorer;

/// <summary>Which tokens the model holds alike, as a section: maps of its embeddings.</summary>
internal static class EmbeddingMaps
{
    /// <summary>The section's key.</summary>
    public const string Key = "map";

    /// <summary>The section; neighbours on it are computed from the arrays of
    /// <see cref="TokenTables"/>.</summary>
    public static ReportSection Of(ZeroLayerAnalysis analysis) => Of(
        analysis.Maps, analysis.Neighbours,
        ZeroLayerFindings.Neighbours(
            analysis.Neighbours.Count > 0 ? analysis.Neighbours[0] : null),
        TokenTables.Key);

    /// <summary>The section.</summary>
    /// <param name="maps">The maps.</param>
    /// <param name="neighbours">What nearest neighbours have in common.</param>
    /// <param name="finding">What they show.</param>
    /// <param name="weights">The section whose arrays neighbours are computed from.</param>
    public static ReportSection Of(
        IReadOnlyList<EmbeddingMap> maps, IReadOnlyList<NeighbourScore> neighbours, Prose finding,
        string weights)
    {
        var arrays = new Dictionary<string, PackedArray>();
        object[] figures =
        [
            .. maps.Select((map, i) => new
            {
                map.Kind,
                map.Title,
                map.Unit,
                map.Method,
                map.Description,
                map.Residual,
                map.Matrix,
                Points = map.Ids.Length,
                Ids = Add($"{i}.ids", PackedArray.Of(map.Ids)),
                X = Add($"{i}.x", PackedArray.Of(map.X)),
                Y = Add($"{i}.y", PackedArray.Of(map.Y)),
                ExplainedVariance = map.ExplainedVariance?.Take(2),
                Kl = map.Divergence,
                map.Perplexity,
                map.Seed,
            }),
        ];
        NeighbourScore? score = neighbours.Count > 0 ? neighbours[0] : null;
        return new ReportSection
        {
            Key = Key,
            Name = "Embedding map",
            Heading = "Which tokens does the model treat as similar?",
            Finding = finding,
            Component = "vt-embedding-map",
            Data = new { Maps = figures, Weights = weights, Neighbours = neighbours },
            Arrays = arrays,
            Table = score is null ? null : new ReportTable(
                ["group", "tokens", "with another member nearest"],
                [
                    .. score.Groups.Select(group => (IReadOnlyList<Prose>)
                    [
                        group.Name, Numerals.Count(group.Members.Count),
                        Numerals.Count(group.WithMemberNearest),
                    ]),
                ]),
        };

        string Add(string name, PackedArray array)
        {
            arrays.Add(name, array);
            return name;
        }
    }
}
