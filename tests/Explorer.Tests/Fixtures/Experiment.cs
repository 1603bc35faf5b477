using System.Text;
using Vitrine.Interp.Bigrams;
using Vitrine.Interp.Embeddings;
using Vitrine.Interp.Losses;
using Vitrine.Interp.Studies;
using Vitrine.Models.Tokenizers;
using Vitrine.Tensors;

namespace Vitrine.Explorer.Tests.Fixtures;

/// <summary>Reports with planted content: numbers that a test can work out for itself.</summary>
internal static partial class Experiment
{
    public const string Script = "<script>window.pwned = 1</script>";
    public const string Image = "\"><img src=x onerror=\"window.pwned = 2\">";
    public const string Closing = "</script><script>window.pwned = 3</script>";

    /// <summary>Tokens of every kind that is hard to show; the last is special.</summary>
    public static IReadOnlyList<byte[]> HardTokens { get; } =
    [
        .. new[]
        {
            " Congress",
            "ness",
            "\n\n",
            "\t",
            "    ",
            "\u0007",
            "\u200B",
            new string('=', 64),
            " שלום",
            Script,
            Image,
            Closing,
            " ",
            ",",
            ".",
            " the",
            " of",
            "1789",
            "\u0301",
            "é",
            "&amp;",
            "'",
            "`${1}`",
            "\u2028",
            "<!--",
            "😀",
            " a  b",
            "\u00A0",
            "{{x}}",
            "]]>",
        }.Select(Encoding.UTF8.GetBytes),
        [0xE2, 0x80],
        [0xF0, 0x9F],
        [0x98, 0x80],
        "<|endoftext|>"u8.ToArray(),
    ];

    /// <summary>A report of few tokens, hard ones among them.</summary>
    public static ZeroLayerReport Small() =>
        Of(HardTokens, dModel: 8, length: 6000, mapped: HardTokens.Count);

    /// <summary>A report of GPT-2's size with planted classes.</summary>
    public static ZeroLayerReport FullSize()
    {
        var tokenizer = Tokenizer.Gpt2();
        return Of(
            [
                .. Enumerable
                    .Range(0, tokenizer.VocabularySize)
                    .Select(id => tokenizer.Bytes(id).ToArray()),
            ],
            dModel: 64,
            length: 1_900_000,
            mapped: 5000,
            TokenVocabulary.Of(tokenizer));
    }

    private static ZeroLayerReport Of(
        IReadOnlyList<byte[]> tokens,
        int dModel,
        int length,
        int mapped,
        TokenVocabulary? known = null)
    {
        int size = tokens.Count;
        int endOfText = size - 1;
        var random = new Random(7);
        TokenVocabulary vocabulary =
            known
            ?? new TokenVocabulary(
                tokens,
                [.. tokens.Select((_, id) => (TokenClass)(id % 7))],
                new HashSet<int> { endOfText });
        var bigrams = BigramCounts.Of(Stream(random, size, length), endOfText, size);
        float[] embedding = Weights(random, vocabulary, dModel, 0.45);
        float[] unembedding = Weights(random, vocabulary, dModel, 0.25);
        float[] bias =
        [
            .. Enumerable
                .Range(0, size)
                .Select(id => (float)Math.Log((bigrams.TokenCount(id) + 0.1) / bigrams.Pairs)),
        ];
        float[] logSumExp = LogSumExp(embedding, unembedding, bias, dModel);
        int[] ids = bigrams.MostFrequentTokens(mapped);
        BigramTable[] examples =
        [
            .. new[] { known is null ? 0 : 3162, known is null ? 9 : 262 }.Select(token =>
                Table(token)),
        ];
        var run = new RunFacts
        {
            Name = "planted",
            DModel = dModel,
            VocabularySize = size,
            Parameters = (2L * size * dModel) + size,
            Corpus = "planted <text>",
            TrainTokens = length,
            Steps = 900,
            Seed = 10,
            Seconds = 192,
            Commit = "0ca6e8d",
        };
        return new ZeroLayerReport(
            run,
            vocabulary,
            new ZeroLayerAnalysis
            {
                Counts = bigrams,
                W_E = Rounded(embedding, size, dModel),
                W_U = Rounded(unembedding, size, dModel),
                Bias = bias,
                LogSumExp = logSumExp,
                Losses = Losses(heldOut: 5.12, unigram: 6.71, bigram: 5.04),
                Maps =
                [
                    .. from method in new[] { "PCA", "t-SNE" }
                    from matrix in new[] { "W_E", "W_U" }
                    select Map(random, vocabulary, ids, method, matrix),
                ],
                Followers = new FollowerScore(1000, 0.51, 0.54, 100, 96),
                Neighbours =
                [
                    new NeighbourScore(
                        "W_E",
                        mapped,
                        0.71,
                        [
                            new NeighbourGroup("month", [.. Enumerable.Range(0, 12)], 11, 0.03),
                            new NeighbourGroup("ordinal", [.. Enumerable.Range(0, 10)], 9, 0.02),
                        ])
                    {
                        Baseline = 0.38,
                    },
                ],
                Examples = examples,
                LogitError = new LogitError(0.021, 0.094, 100_000),
            },
            Loss(random));

        BigramTable Table(int token)
        {
            double[] next =
            [
                .. Enumerable
                    .Range(0, size)
                    .Select(other => Math.Exp(Logit(token, other) - logSumExp[token])),
            ];
            double[] before =
            [
                .. Enumerable
                    .Range(0, size)
                    .Select(other =>
                        bigrams.FirstCounts[other] == 0
                            ? -1
                            : Math.Exp(Logit(other, token) - logSumExp[other])),
            ];
            return new BigramTable(
                token,
                [
                    .. Best(next)
                        .Select(id => new NextRow(
                            id,
                            next[id],
                            bigrams.Frequency(token, id),
                            bigrams.Count(token, id))),
                ],
                [
                    .. Best(before)
                        .Select(id => new PreviousRow(
                            id,
                            Logit(id, token),
                            before[id],
                            before[id] / bigrams.UnigramFrequency(token),
                            bigrams.Lift(id, token),
                            bigrams.Count(id, token))),
                ],
                bigrams.FirstCounts.ToArray().Count(count => count == 0));
        }

        double Logit(int input, int output) =>
            Dot(embedding, input, unembedding, output, dModel) + bias[output];
    }

    private static IEnumerable<int> Best(double[] scores) =>
        Enumerable.Range(0, scores.Length).OrderByDescending(id => scores[id]).Take(10);

    private static int[] Stream(Random random, int size, int length)
    {
        int[] stream = new int[length];
        int last = 0;
        for (int i = 0; i < length; i++)
        {
            int common = (int)(size * Math.Pow(random.NextDouble(), 4));
            last = random.NextDouble() < 0.35 ? ((last * 31) + 7) % Math.Max(2, size / 20) : common;
            stream[i] = i % 2000 == 0 ? size - 1 : Math.Min(last, size - 2);
        }

        return stream;
    }

    private static float[] Weights(
        Random random,
        TokenVocabulary vocabulary,
        int dModel,
        double spread)
    {
        float[] centres =
        [
            .. Enumerable.Range(0, 7 * dModel).Select(_ => (float)(spread * Normal(random))),
        ];
        float[] weights = new float[vocabulary.Size * dModel];
        for (int i = 0; i < weights.Length; i++)
        {
            int centre = (int)vocabulary.Classes[i / dModel];
            weights[i] =
                centres[(centre * dModel) + (i % dModel)] + (float)(spread * Normal(random));
        }

        return weights;
    }

    private static float[] LogSumExp(
        float[] embedding,
        float[] unembedding,
        float[] bias,
        int dModel)
    {
        float[] normalisers = new float[bias.Length];
        int[] heavy =
        [
            .. Enumerable.Range(0, bias.Length).OrderByDescending(id => bias[id]).Take(800),
        ];
        Parallel.For(
            0,
            bias.Length,
            input =>
            {
                double sum = heavy.Sum(output =>
                    Math.Exp(bias[output] + Dot(embedding, input, unembedding, output, dModel)));
                normalisers[input] = (float)Math.Log(sum);
            });
        return normalisers;
    }

    private static double Dot(float[] a, int row, float[] b, int other, int width)
    {
        double sum = 0;
        for (int i = 0; i < width; i++)
        {
            sum += a[(row * width) + i] * b[(other * width) + i];
        }

        return sum;
    }

    private static QuantisedMatrix Rounded(float[] weights, int rows, int columns)
    {
        using Tensor<float> tensor = Tensor.From<float>(weights, [rows, columns]);
        return QuantisedMatrix.Of(tensor);
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()))
        * Math.Cos(2 * Math.PI * random.NextDouble());
}
