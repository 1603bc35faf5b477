using Vitrine.Interp.Attribution;
using Vitrine.Interp.Circuits;

namespace Vitrine.Explorer.Tests.Fixtures;

/// <content>Patching, skip-trigrams, tables of tokens, paths, ablations.</content>
internal static partial class CircuitPage
{
    /// <summary>The width of the small model in <see cref="Token"/>.</summary>
    public const int Width = 4;

    /// <summary>How many tokens, the rarest, it leaves out.</summary>
    public const int LeftOut = 3;

    public static PatchingFigure Patched()
    {
        double[][] values =
        [
            [0, 0, 1, 0.1, 0],
            [0, 0, 0.25, -0.4, double.NaN],
        ];
        bool[][] skipped = [[true, true, false, false, false], [true, true, false, false, false]];
        double[][] approx = [[0, 0, 0.9, 0.1, 0], [0, 0, 0.2, -0.3, 0]];
        return new PatchingFigure
        {
            Clean = [17, 9, 15, 16, 13],
            Corrupt = [17, 9, 10, 16, 13],
            Metric = "difference",
            ValueClean = 6,
            ValueCorrupt = -4,
            Answers = new([new(15, 18.42), new(9)], [new(15, 12.95), new(11, -0.001)]),
            Sites =
            [
                new("resid_pre", values)
                {
                    Name = "residual, before layer",
                    Hook = "blocks.{layer}.hook_resid_pre",
                    Skipped = skipped,
                    Approx = new(approx, 0.05, 0.1),
                    Details = new Dictionary<string, PatchingDetail>
                    {
                        ["1,2"] = new([new(15, 0.71, 0.004, 0.48), new(10, 0.02, 0.6, 0.1)]),
                    },
                    Heads = new([[0.1, 0.8], [-0.2, 0]]) { Hook = "blocks.{layer}.attn.hook_z" },
                },
                new("z", [[0, 0, 0.5, 0, 0], [0, 0, 0, 0.3, 0]])
                {
                    Hook = "blocks.{layer}.attn.hook_z",
                    Rows = ["0.1", "1.0"],
                },
            ],
        };
    }

    public static SkipTrigramFigure Trigrams() =>
        new(
            [
                new(
                    "0.0",
                    [
                        new(9, 10, 9, 8.1, 2.94, 31, 4, 1.62, 5.9, true, false, null),
                        new(10, 16, 11, 4.2, 1.19, 0, 0, null, null, false, true, [2, 15]),
                    ],
                    34,
                    3,
                    60,
                    128),
                new(
                    "0.1",
                    [new(11, 15, 0, 6.2, 2.18, 57, 6, 3.02, 5.36, false, false, null)],
                    34,
                    3,
                    60,
                    128),
            ])
        {
            Passages = new Dictionary<string, IReadOnlyList<SkipTrigramPassage>>
            {
                ["9 10 9"] =
                [
                    new([15, 9, 16, 10, 9], 1, 3)
                    {
                        Losses = [3, 2, 4, 1.5f],
                        LossesZero = [3, 2.5f, 3.5f, 6],
                    },
                ],
            },
        };

    public static SkipTrigramCheck Tried() =>
        new(
            [
                new("0.0", 9, 10, 9, 8.1, 2.94, 31, 9, -1.6, -5.2, 3.6, 0.3, null),
                new(
                    "0.1",
                    11,
                    15,
                    0,
                    6.2,
                    2.2,
                    57,
                    9,
                    -4.3,
                    -4.2,
                    -0.1,
                    null,
                    "the out token is likely without the source"),
            ],
            1,
            16,
            5,
            128)
        {
            WeightTrials =
            [
                new("0.1", 16, 15, 11, 9.4, 3.1, 12, 9, -2.5, -2.75, 0.25, 0.1, null),
            ],
            WeightPositive = 1,
        };

    /// <summary>A section whose tables the page computes from weights.</summary>
    public static ReportSection Token()
    {
        int[] ids = [.. Enumerable.Range(0, SmallPage.Vocabulary.Size - LeftOut)];
        var arrays = new Dictionary<string, PackedArray> { ["ids"] = PackedArray.Of(ids) };
        foreach ((string name, int stride) in new[] { ("W_E", 3), ("W_U", 5) })
        {
            sbyte[] weights = Weights(SmallPage.Vocabulary.Size, stride);
            arrays[name] = PackedArray.Of(weights.AsSpan(0, ids.Length * Width));
            arrays[$"{name}.scale"] = PackedArray.Of([.. ids.Select(Scale)]);
            arrays[$"{name}.mean"] = PackedArray.Of([.. Average(weights).Select(x => (float)x)]);
        }

        foreach (string head in new[] { "0.0", "0.1" })
        {
            arrays[$"QK.{head}"] = PackedArray.Of(Square(head));
            arrays[$"OV.{head}"] = PackedArray.Of(Square(head));
        }

        return Section(
            "token",
            "vt-circuit-token",
            new CircuitTokenFigure(
                ["0.0", "0.1"],
                [
                    new(
                        "0.0",
                        15,
                        [new(9, 4.5), new(10, 3)],
                        [new(16, 4)],
                        [new(0, 2), new(11, 1)],
                        [new(13, -2)],
                        [],
                        3,
                        70),
                ],
                [new("0.0", [new CircuitEntry(9, 10, 8)], [new CircuitEntry(10, 0, 7)])])
            {
                DModel = Width,
                MinCount = 70,
                LeftOut = LeftOut,
            }) with
        {
            Arrays = arrays,
        };
    }

    /// <summary>What attending to <paramref name="source"/> adds to each logit above what the
    /// average token adds, but for a constant over outputs.</summary>
    public static double[] Writes(int source, string head)
    {
        int size = SmallPage.Vocabulary.Size;
        sbyte[] embed = Weights(size, 3);
        sbyte[] unembed = Weights(size, 5);
        float[] ov = Square(head);
        double[] average = Average(embed);
        double[] above =
            [.. Enumerable.Range(0, Width).Select(i => Embedding(embed, source, i) - average[i])];
        double[] found = new double[size];
        for (int id = 0; id < size; id++)
        {
            for (int i = 0; i < Width * Width; i++)
            {
                found[id] += above[i / Width] * ov[i] * Embedding(unembed, id, i % Width);
            }
        }

        return found;
    }

    private static double Embedding(sbyte[] weights, int id, int column) =>
        weights[(id * Width) + column] * Scale(id);

    private static float Scale(int id) => 0.01f * (1 + (id % 3));

    /// <summary>The average row, tokens weighted by how common they are.</summary>
    private static double[] Average(sbyte[] weights)
    {
        int size = weights.Length / Width;
        double total = Enumerable.Range(0, size).Sum(id => 100.0 - id);
        return
        [
            .. Enumerable.Range(0, Width).Select(i => Enumerable.Range(0, size)
                .Sum(id => (100 - id) / total * Embedding(weights, id, i))),
        ];
    }

    public static PathExpansion Expanded(double residual = 2e-7) =>
        new(
            [
                new("uniform", null, 0, 10.82, 0),
                new("biases", null, 0, 7, 3.82),
                new("direct path", 0, 1, 5.3, 1.7),
                new("single heads", 1, 4, 4.6, 0.7),
                new("pairs of heads", 2, 4, 4.52, 0.08),
            ],
            [new("heads of layer 0 alone", 1, 2, 5, 0.3)],
            [
                new(null, null, 2.1),
                new("0.1", null, -0.02),
                new("1.0", null, 0.52),
                new("0.1", "1.0", 0.06),
            ],
            2048)
        {
            Residual = residual,
        };

    public static AblationFigure Ablated() =>
        new(
            [
                new(
                    "random repeats, second copy",
                    1.31,
                    [
                        new("1.0", ["1.0"], 5.02, 4.9, 5.1),
                        new("one other of layer 1", ["1.1"], 1.4, 1.3, 1.5) { Others = true },
                    ],
                    new("first copy", 5.66)),
                new("ordinary text", 4.18, [new("1.0", ["1.0"], 4.15)]),
            ],
            Spread: "95% over 64 sequences");

    private static sbyte[] Weights(int size, int stride) =>
        [.. Enumerable.Range(0, size * Width).Select(i => (sbyte)((i * stride * 37 % 201) - 100))];

    private static float[] Square(string head) =>
        [
            .. Enumerable
                .Range(0, Width * Width)
                .Select(i => (float)Math.Sin((i * 1.7) + (head == "0.0" ? 0 : 2))),
        ];
}
