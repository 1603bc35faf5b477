using Vitrine.Interp.Attention;

namespace Vitrine.Explorer.Tests.Fixtures;

/// <summary>Attention with planted heads: previous token, induction, first token, and so
/// on.</summary>
internal static class AttentionExamples
{
    /// <summary>The kinds of planted heads, taken in turn.</summary>
    public static readonly string[] Planted =
    [
        "previous token",
        "local",
        "first token",
        "content",
        "induction",
        "duplicate token",
        "current token",
        "uniform",
    ];

    /// <summary>The kind of a head: layers are shifted against each other.</summary>
    public static string KindOf(int layer, int head) =>
        Planted[(head + (3 * layer)) % Planted.Length];

    /// <summary>All hard tokens, and the first of them again.</summary>
    public static IReadOnlyList<int> HardPassage { get; } =
    [.. Enumerable.Range(0, 34), .. Enumerable.Range(0, 14)];

    /// <summary>Weights of one layer, float32 [head, query, key].</summary>
    public static float[] Weights(IReadOnlyList<int> tokens, int layer, int heads, double sharp = 5)
    {
        int n = tokens.Count;
        var random = new Random(31 + layer);
        float[] weights = new float[heads * n * n];
        for (int head = 0; head < heads; head++)
        {
            for (int q = 0; q < n; q++)
            {
                Span<float> row = weights.AsSpan(((head * n) + q) * n, q + 1);
                double total = 0;
                for (int k = 0; k <= q; k++)
                {
                    double noise = 0.9 * random.NextDouble();
                    row[k] = (float)
                        Math.Exp(noise + (sharp * Planned(KindOf(layer, head), tokens, q, k)));
                    total += row[k];
                }

                for (int k = 0; k <= q; k++)
                {
                    row[k] = (float)(row[k] / total);
                }
            }
        }

        return weights;
    }

    /// <summary>One layer's norms, planted: values are longer for rarer tokens.</summary>
    public static AttentionNorms Norms(IReadOnlyList<int> tokens, int layer, int heads, bool norm)
    {
        int n = tokens.Count;
        float[] weight = Weights(tokens, layer, heads);
        float[] value = [.. Enumerable.Range(0, heads * n).Select(i => Length(tokens[i % n]))];
        float[] weighted = new float[weight.Length];
        float[] all = new float[n * n];
        float[] residual = new float[n * n];
        for (int i = 0; i < weight.Length; i++)
        {
            weighted[i] = weight[i] * value[(i / (n * n) * n) + (i % n)];
            all[i % (n * n)] += weighted[i];
        }

        for (int i = 0; i < all.Length; i++)
        {
            residual[i] = all[i] + (i / n == i % n ? 2.4f : 0);
        }

        float[] mixing = [.. Enumerable.Range(0, n).Select(i => 0.2f + (0.6f * i / n))];
        float[] mean = new float[n * n];
        return new AttentionNorms
        {
            Positions = n,
            Heads = heads,
            Weight = weight,
            Value = value,
            Weighted = weighted,
            AllHeads = all,
            WithResidual = residual,
            WithNorm = norm ? [.. residual.Select(v => v * 0.7f)] : null,
            MeanWeight = mean,
            MeanWeightWithResidual = mean,
            AllHeadsMixing = mixing,
            WithResidualMixing = mixing,
            WithNormMixing = norm ? mixing : null,
        };
    }

    /// <summary>A view of two layers on the given passages.</summary>
    public static AttentionView View(
        IReadOnlyList<int>[] passages,
        int layers,
        int heads,
        AttentionOpening? opening = null,
        bool norms = true)
    {
        AttentionPassage[] made =
        [
            .. passages.Select((tokens, i) => Passage($"{i + 1}", tokens, layers, heads, norms)),
        ];
        string[] names =
        [
            .. from layer in Enumerable.Range(0, layers)
            from head in Enumerable.Range(0, heads)
            select $"{layer}.{head}",
        ];
        string Kind(string name) => KindOf(name[0] - '0', int.Parse(name[2..]));
        return new AttentionView
        {
            Passages = made,
            Initial = opening,
            Kinds = names
                .Where(name => Kind(name) is not ("local" or "content" or "uniform"))
                .ToDictionary(name => name, Kind),
            Scores = new Dictionary<string, IReadOnlyDictionary<string, double>>
            {
                ["prefix matching"] = names.ToDictionary(
                    name => name,
                    name => Kind(name) == "induction" ? 0.78 : 0.02),
                ["previous token"] = names.ToDictionary(
                    name => name,
                    name => Kind(name) == "previous token" ? 0.93 : 0.04),
            },
        };
    }

    private static AttentionPassage Passage(
        string name,
        IReadOnlyList<int> tokens,
        int layers,
        int heads,
        bool norms)
    {
        AttentionPassage passage = norms
            ? AttentionPassages.Of(
                name,
                tokens,
                [
                    .. Enumerable
                        .Range(0, layers)
                        .Select(l => Norms(tokens, l, heads, norm: l == 0 || heads > 1)),
                ])
            : AttentionPassages.Of(
                name,
                tokens,
                [.. Enumerable.Range(0, layers).Select(l => Weights(tokens, l, heads))],
                PatternPrecision.Byte);
        return passage with
        {
            Predictions =
            [
                .. tokens.Select(
                    (token, position) =>
                        new PositionPredictions(
                            position,
                            [
                                .. Enumerable
                                    .Range(0, 5)
                                    .Select(rank => new PredictedToken(
                                        tokens[(position + 1 + rank) % tokens.Count],
                                        3.9 - (0.6 * rank),
                                        0.21 / (rank + 1))),
                            ])),
            ],
        };
    }

    private static double Planned(string kind, IReadOnlyList<int> tokens, int q, int k) =>
        kind switch
        {
            "previous token" => k == q - 1 ? 1 : 0,
            "local" => Math.Max(0, 1 - ((q - k) / 9.0)) * 0.7,
            "first token" => k == 0 ? 1 : 0,
            "content" => tokens[k] > 900 ? 0.5 + (tokens[k] % 7 * 0.07) : 0,
            "induction" => k > 0 && k <= q && tokens[k - 1] == tokens[q] && k - 1 < q ? 1
            : k == 0 ? 0.35
            : 0,
            "duplicate token" => k < q && tokens[k] == tokens[q] ? 1
            : k == q ? 0.3
            : 0,
            "current token" => k == q ? 1 : 0,
            _ => 0,
        };

    private static float Length(int token) => 0.4f + (0.25f * MathF.Log(1 + token));
}
