using System.Globalization;
using Vitrine.Interp.Attention;

namespace Vitrine.Explorer;

/// <summary>Passages from what is measured on them.</summary>
internal static class AttentionPassages
{
    /// <summary>A passage with weights only.</summary>
    /// <param name="name">A stable name.</param>
    /// <param name="tokens">The tokens.</param>
    /// <param name="patterns">The weights of each layer, float32 [head, query, key].</param>
    /// <param name="precision">Bytes or halves.</param>
    /// <exception cref="ArgumentException">A layer's size is not a number of heads.</exception>
    public static AttentionPassage Of(
        string name,
        IReadOnlyList<int> tokens,
        IReadOnlyList<float[]> patterns,
        PatternPrecision precision = PatternPrecision.Half) =>
        new()
        {
            Name = name,
            Tokens = tokens,
            Measures = new Dictionary<string, PackedPatterns>
            {
                ["weight"] = ByHead(patterns, tokens.Count, precision),
            },
            RowSumError = RowSumError(patterns, tokens.Count),
        };

    /// <summary>A passage with every measure of Kobayashi et al. (2020, 2021).</summary>
    /// <param name="name">A stable name.</param>
    /// <param name="tokens">The tokens.</param>
    /// <param name="layers">The norms of each layer, in order.</param>
    /// <param name="precision">Bytes or halves.</param>
    public static AttentionPassage Of(
        string name,
        IReadOnlyList<int> tokens,
        IReadOnlyList<AttentionNorms> layers,
        PatternPrecision precision = PatternPrecision.Half)
    {
        AttentionPassage passage = Of(
            name,
            tokens,
            [.. layers.Select(layer => layer.Weight)],
            precision);
        var measures = new Dictionary<string, PackedPatterns>(passage.Measures)
        {
            ["weighted"] = ByHead([.. layers.Select(l => l.Weighted)], tokens.Count, precision),
            ["residual"] = ByLayer(
                [.. layers.Select(l => l.WithResidual)],
                tokens.Count,
                precision),
        };
        // With one head the sum over heads is the head.
        if (layers.Any(layer => layer.Heads > 1))
        {
            measures["allHeads"] = ByLayer(
                [.. layers.Select(l => l.AllHeads)],
                tokens.Count,
                precision);
        }

        var mixing = new Dictionary<string, IReadOnlyDictionary<string, float[]>>
        {
            ["allHeads"] = Named(layers.Select(layer => layer.AllHeadsMixing)),
            ["residual"] = Named(layers.Select(layer => layer.WithResidualMixing)),
        };
        if (layers.Any(layer => layer.WithNorm is null))
        {
            return passage with
            {
                Measures = measures,
                Mixing = mixing,
                Unavailable = new Dictionary<string, string> { ["norm"] = "no norm follows" },
            };
        }

        measures["norm"] = ByLayer([.. layers.Select(l => l.WithNorm!)], tokens.Count, precision);
        mixing["norm"] = Named(layers.Select(layer => layer.WithNormMixing!));
        return passage with { Measures = measures, Mixing = mixing };
    }

    /// <summary>A passage with every measure, the scores before the softmax, and what is
    /// predicted.</summary>
    /// <param name="name">A stable name.</param>
    /// <param name="attention">The passage as it was read.</param>
    /// <param name="precision">Bytes or halves; scores, which may be negative, are halves.</param>
    public static AttentionPassage Of(
        string name,
        PassageAttention attention,
        PatternPrecision precision = PatternPrecision.Half) =>
        Of(name, attention.Tokens, attention.Layers, precision) with
        {
            Scores = ByHead(attention.Scores, attention.Tokens.Length, PatternPrecision.Half),
            RowSumError = attention.RowSumError,
            Predictions =
            [
                .. attention.Predictions.Select(one => new PositionPredictions(
                    one.Position,
                    [.. one.Top.Select(t => new PredictedToken(
                            t.Id, Math.Round(t.Logit, 4), Math.Round(t.Probability, 6)))])),
            ],
        };

    private static PackedPatterns ByHead(
        IReadOnlyList<float[]> layers,
        int positions,
        PatternPrecision precision)
    {
        int cells = positions * positions;
        string[] names =
        [
            .. layers.SelectMany(
                (layer, l) =>
                    Enumerable.Range(0, layer.Length / cells).Select(head => $"{l}.{head}")),
        ];
        return PackedPatterns.Of(
            layers.SelectMany(one => one).ToArray(),
            positions,
            names,
            precision);
    }

    private static PackedPatterns ByLayer(
        IReadOnlyList<float[]> layers,
        int positions,
        PatternPrecision precision) =>
        PackedPatterns.Of(
            layers.SelectMany(one => one).ToArray(),
            positions,
            [.. layers.Select((_, l) => l.ToString(CultureInfo.InvariantCulture))],
            precision);

    private static Dictionary<string, float[]> Named(IEnumerable<float[]> layers) =>
        layers
            .Select((ratios, l) => (Name: l.ToString(CultureInfo.InvariantCulture), ratios))
            .ToDictionary(one => one.Name, one => one.ratios);

    private static double RowSumError(IReadOnlyList<float[]> layers, int positions)
    {
        double worst = 0;
        foreach (float[] layer in layers)
        {
            for (int row = 0; row + positions <= layer.Length; row += positions)
            {
                double sum = 0;
                for (int key = 0; key < positions; key++)
                {
                    sum += layer[row + key];
                }

                worst = Math.Max(worst, Math.Abs(sum - 1));
            }
        }

        return worst;
    }
}
