using Vitrine.Interp;
using Vitrine.Interp.Attention;
using Vitrine.Interp.Circuits;
using Vitrine.Interp.Findings;
using Vitrine.Interp.Generation;
using Vitrine.Interp.Heads;
using Vitrine.Interp.Induction;
using Vitrine.Interp.Losses;
using Vitrine.Interp.Studies;
using Vitrine.Tensors;

namespace Vitrine.Explorer.Tests.Fixtures;

/// <summary>A page with every figure of heads and circuits, with planted numbers.</summary>
internal static partial class CircuitPage
{
    /// <summary>The strongest link: from 0.1 to the keys of 1.0.</summary>
    public const double PlantedZ = 17.5;

    public static readonly Head[] Heads = [new(0, 0), new(0, 1), new(1, 0), new(1, 1)];

    private static readonly int[] Steps = [0, 100, 400, 900];

    /// <summary>All figures.</summary>
    public static ReportPage All() =>
        SmallPage.Of(
            Section("phase", "vt-phase-change", Phase()),
            Section("losses", "vt-token-losses", Easier()),
            Section("composition", "vt-composition", Composed()),
            Section("circuit", "vt-induction-circuit", Circuit()),
            Section("patching", "vt-patching", Patched()),
            Section("trigrams", "vt-skip-trigrams", Trigrams()),
            Section("check", "vt-trigram-check", Tried()),
            Section("copying", "vt-eigenvalues", Spectra()),
            Token(),
            Section("paths", "vt-paths", Expanded()),
            Section("path-patching", "vt-path-patching", PathMap()),
            Section("position", "vt-position", Positions()),
            Section("gradient", "vt-approximation", Approximated()),
            Section("ablation", "vt-ablation", Ablated()),
            Continued(steered: true));

    /// <summary>Three tokens after 3 and 20; with steering the second is 9 in place of 7.</summary>
    public static ReportSection Continued(bool steered = false)
    {
        Continuation plain = Text([(5, 0.5), (7, 0.25), (9, 0.002)]);
        return steered
            ? ContinuationPage.Section(Text([(5, 0.5), (9, 0.125), (4, 0.75)]), plain)
            : ContinuationPage.Section(plain);

        static Continuation Text((int Id, double Probability)[] tokens) => new(
            [3, 20],
            [
                .. tokens.Select(token => new GeneratedToken(
                    token.Id, token.Probability,
                    [new LikelyToken(token.Id, 2, token.Probability), new LikelyToken(8, 1, 0.1)])),
            ]);
    }

    /// <summary>A page with one figure.</summary>
    public static ReportPage Only(string component, object data) =>
        SmallPage.Of(Section("one", component, data));

    public static ReportSection Section(string key, string component, object data) =>
        new()
        {
            Key = key,
            Name = key,
            Heading = $"What of {key}?",
            Finding = new Prose("Finding with ").Head(1, 0).Text("."),
            Component = component,
            Data = data,
            Caption = "How it was computed.",
        };

    public static PhaseChangeFigure Phase()
    {
        double[] rise = [0.01, 0.02, 0.5, 0.78];
        return new PhaseChangeFigure
        {
            Steps = Steps,
            Checkpoints = Steps,
            Series =
            [
                new("held-out", "loss", [10.8, 7, 5.5, 5.1]),
                new("train", "loss", [10.8, 6.9, 5.4, 4.9]),
                new("late − early", "in-context", [0, -0.1, double.NaN, -0.3]),
                new("1.0", "prefix matching", rise)
                {
                    Head = "1.0",
                    Low = [.. rise.Select(value => value - 0.04)],
                    High = [.. rise.Select(value => value + 0.04)],
                    Repeats = [rise],
                },
                new("1.1", "prefix matching", [0, 0.01, 0.02, 0.05]) { Head = "1.1" },
                new("0.1", "previous token", [0.02, 0.3, 0.9, 0.93]) { Head = "0.1" },
            ],
            Change = new StepInterval(Steps[1], Steps[3]),
            Size = 8,
            Strip =
            [
                .. Steps.Select(step => Frame(new Head(1, 0), step)),
                .. Steps.Select(step => Frame(new Head(0, 1), step)),
            ],
            Head = "1.0",
        };
    }

    public static TokenLosses Easier() =>
        new(
            100,
            900,
            [
                new PassageChange("1", [3, 1, 4, 1], [7.25, 6, 5], [7.5, 6, 4]),
                new PassageChange("random-repeats", [5, 6, 5, 6], [9, 9, 9], [9, 9, 0.5]),
            ]);

    public static CompositionFigure Composed()
    {
        using Tensor<float> patterns = Patterns(12);
        var edges = new List<CompositionEdge>();
        foreach (string kind in new[] { "Q", "K", "V" })
        {
            foreach (string from in new[] { "0.0", "0.1" })
            {
                foreach (string to in new[] { "1.0", "1.1" })
                {
                    double z = (kind, from, to) switch
                    {
                        ("K", "0.1", "1.0") => PlantedZ,
                        ("V", "0.0", "1.1") => 5,
                        ("Q", "0.0", "1.0") => 4.5,
                        _ => -0.5,
                    };
                    double value = 0.07 + (z * 0.006);
                    edges.Add(new CompositionEdge(kind, from, to, value, 0.07, 0.006, z));
                }
            }
        }

        var found = new Composition(
            [.. Heads.Select(head => new CompositionNode(head.Layer, head.Index))],
            edges,
            new CompositionBaseline(200, [64, 64], 0.07, 0.006));
        var figure = CompositionFigure.Of(
            found,
            new Dictionary<string, (string, double)>
            {
                ["1.0"] = ("induction", 0.78),
                ["0.1"] = ("previous token", 0.93),
            },
            HeadPatterns.Of("random repeats", Heads, patterns),
            HeadPatterns.Of("passage <b>", Heads, patterns));
        return figure with
        {
            Timeline =
            [
                new CompositionStep(
                    0,
                    figure.Nodes,
                    [.. edges.Select(edge => edge with { Z = 0.1, Value = 0.07 })],
                    figure.Patterns),
                new CompositionStep(900, figure.Nodes, figure.Edges, figure.Patterns),
            ],
        };
    }

    public static InductionCircuit Circuit(bool fails = false) =>
        new(
            "1.0",
            0.78,
            ["1.0"],
            new([0, 9, 15, 10, 16, 2, 9], Source: 1, Destination: 6, 15, 0.74, 0.81),
            new("0.1", 0.93, 0.02, [0.93, 0.03, 0.01], new Band(0.01, 0.12), "at least 0.5", true),
            new("K", "0.1", 0.184, 0.071, 0.006, PlantedZ, "z of at least 3", true),
            new(0.91, 0.001, 1000, [[1, 0.1], [0.2, 1]], [9, 10], "at least 50%", true),
            new(0.87, Spectrum(), new RandomSpectrum(0, 0.1, 1, 100), 0.9, "above 0.2", true),
            new(
                ["1.0"],
                1.31,
                fails ? 1.4 : 5.02,
                1.35,
                ["1.1"],
                5.66,
                fails ? 0.02 : 0.85,
                0.01,
                0.2,
                "at least 60% of the gain",
                !fails),
            [],
            new InContextScore(4.4, 4.1, null) { Sequences = 64 });

    public static EigenvaluesFigure Spectra() =>
        new(
        [
            .. Heads.Select((head, i) => new Copying(
                head.ToString(),
                [.. Spectrum().Select(value => new[] { value[0] - (i == 2 ? 0 : 1.2), value[1] })],
                i == 2 ? 0.87 : 0.1,
                new RandomSpectrum(0, 0.1, 1, 100),
                new CopyingAmong(34, 0.8, 0.7, 0.9, 1.2),
                null)),
        ]);

    private static double[][] Spectrum() =>
        [[3, 1], [3, -1], [1.5, 0], [0.4, 0.2], [0.4, -0.2], [-0.3, 0]];

    private static FilmFrame Frame(Head head, int step)
    {
        using Tensor<float> all = Patterns(12);
        using Tensor<float> one = all.Select(0, Array.IndexOf(Heads, head)).Contiguous();
        return FilmFrame.Of(head, step, one, 8);
    }

    /// <summary>Each row's weight lies on one key: 0.1 on the token before.</summary>
    private static Tensor<float> Patterns(int positions)
    {
        float[] weights = new float[Heads.Length * positions * positions];
        for (int head = 0; head < Heads.Length; head++)
        {
            for (int query = 0; query < positions; query++)
            {
                int key = head == 1 ? Math.Max(0, query - 1) : query / (head + 1);
                weights[(((head * positions) + query) * positions) + key] = 1;
            }
        }

        return Tensor.From<float>(weights, [Heads.Length, positions, positions]);
    }
}
