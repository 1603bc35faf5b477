using Vitrine.Interp.Comparison;
using Vitrine.Interp.Embeddings;
using Vitrine.Interp.Studies;

namespace Vitrine.Explorer.Tests.Fixtures;

/// <summary>Two records for every component, as different as its states allow: sections <c>a</c>
/// and <c>b</c>, with others whose arrays they need.</summary>
internal static class UpdatePairs
{
    public static IReadOnlyDictionary<string, Func<IEnumerable<ReportSection>>> All { get; } =
        new Dictionary<string, Func<IEnumerable<ReportSection>>>
        {
            ["vt-loss"] = () => Two(
                "vt-loss",
                Experiment.Small().Loss,
                SmallPage.Loss().Data),
            ["vt-attention"] = () => Attention("vt-attention"),
            ["vt-attention-text"] = () => Attention("vt-attention-text"),
            ["vt-attention-map"] = () => Attention("vt-attention-map"),
            ["vt-head-grid"] = () => Attention("vt-head-grid"),
            ["vt-attribution"] = () => Two(
                "vt-attribution",
                AttributionTests.Planted(),
                AttributionTests.Planted(repeats: 3) with
                {
                    Versus = null,
                    Residual = 3,
                    Total = 9,
                }),
            ["vt-heads"] = () => Two("vt-heads", HeadTests.View(), OneHead()),
            ["vt-head"] = () => Two(
                "vt-head", Page(HeadTests.View(), "1.2"), Page(OneHead(), "0.0")),
            ["vt-composition"] = () =>
            {
                CompositionFigure figure = CircuitPage.Composed();
                return Two(
                    "vt-composition",
                    figure,
                    figure with
                    {
                        Timeline = null,
                        Patterns = [figure.Patterns[1]],
                        Edges = [.. figure.Edges.Select(edge => edge with { Z = 1 })],
                    });
            },
            ["vt-induction-circuit"] = () => Two(
                "vt-induction-circuit", CircuitPage.Circuit(), CircuitPage.Circuit(fails: true)),
            ["vt-phase-change"] = () =>
            {
                PhaseChangeFigure figure = CircuitPage.Phase();
                return Two(
                    "vt-phase-change",
                    figure,
                    figure with
                    {
                        Change = null,
                        Strip = [],
                        Checkpoints = [0, 900],
                        Series = [.. figure.Series.Take(3)],
                    });
            },
            ["vt-token-losses"] = () => Two(
                "vt-token-losses",
                CircuitPage.Easier(),
                CircuitPage.Easier() with
                {
                    Passages = [.. CircuitPage.Easier().Passages.Skip(1)],
                }),
            ["vt-continuation"] = () => Two(
                "vt-continuation",
                CircuitPage.Continued().Data,
                CircuitPage.Continued(steered: true).Data),
            ["vt-patching"] = () => Two(
                "vt-patching",
                CircuitPage.Patched(),
                CircuitPage.Patched() with
                {
                    Sites = [CircuitPage.Patched().Sites[1]],
                    Answers = null,
                }),
            ["vt-path-patching"] = () => Two(
                "vt-path-patching",
                CircuitPage.PathMap(),
                CircuitPage.PathMap() with
                {
                    Panels = [CircuitPage.PathMap().Panels[0], CircuitPage.PathMap().Panels[3]],
                    Clean = [],
                    Corrupt = [],
                    MeanError = null,
                }),
            ["vt-approximation"] = () => Two(
                "vt-approximation",
                CircuitPage.Approximated(),
                CircuitPage.Approximated() with
                {
                    Points = [.. CircuitPage.Approximated().Points.Skip(1)],
                }),
            ["vt-skip-trigrams"] = () => Two(
                "vt-skip-trigrams",
                CircuitPage.Trigrams(),
                new SkipTrigramFigure([CircuitPage.Trigrams().Tables[1]])),
            ["vt-trigram-check"] = () => Two(
                "vt-trigram-check",
                CircuitPage.Tried(),
                CircuitPage.Tried() with
                {
                    WeightTrials = [],
                    Trials = [CircuitPage.Tried().Trials[1]],
                }),
            ["vt-eigenvalues"] = () => Two(
                "vt-eigenvalues",
                CircuitPage.Spectra(),
                new EigenvaluesFigure([CircuitPage.Spectra().Heads[0]])),
            ["vt-circuit-token"] = () =>
            {
                ReportSection section = CircuitPage.Token();
                var figure = (CircuitTokenFigure)section.Data;
                return
                [
                    section with { Key = "a" },
                    CircuitPage.Section(
                        "b",
                        "vt-circuit-token",
                        figure with { DModel = 0, Heads = ["0.0"], LeftOut = 0 }),
                ];
            },
            ["vt-paths"] = () => Two(
                "vt-paths",
                CircuitPage.Expanded(),
                CircuitPage.Expanded(0.5) with { Layers = [], Terms = [] }),
            ["vt-position"] = () => Two(
                "vt-position",
                CircuitPage.Positions(),
                CircuitPage.Positions() with { Heads = [] }),
            ["vt-ablation"] = () => Two(
                "vt-ablation",
                CircuitPage.Ablated(),
                CircuitPage.Ablated() with
                {
                    Groups = [CircuitPage.Ablated().Groups[1]],
                    Spread = null,
                }),
            ["vt-token-tables"] = () =>
            {
                ZeroLayerAnalysis analysis = Experiment.Small().Analysis;
                return
                [
                    TokenTables.Of(analysis) with { Key = "a" },
                    TokenTables.Of(
                        analysis with
                        {
                            Examples = [analysis.Examples[1]],
                            Bias = [.. analysis.Bias.Select(one => -one)],
                            W_E = analysis.W_U,
                        }) with
                    {
                        Key = "b",
                    },
                ];
            },
            ["vt-comparison"] = () => Compared(0, "vt-comparison"),
            ["vt-compared-heads"] = () => Compared(2, "vt-compared-heads"),
            ["vt-neighbours"] = () =>
            [
                TokenPageTests.Neighbours("a"),
                TokenPageTests.Neighbours("b") with
                {
                    Data = new { Examples = Array.Empty<object>(), Rows = 4 },
                },
            ],
            ["vt-embedding-map"] = () =>
            {
                ZeroLayerAnalysis analysis = Experiment.Small().Analysis;
                EmbeddingMap[] fewer = [.. analysis.Maps.Where(map => map.Method == "PCA")];
                return
                [
                    EmbeddingMaps.Of(analysis) with { Key = "a" },
                    EmbeddingMaps.Of(analysis with { Maps = fewer }) with { Key = "b" },
                    TokenTables.Of(analysis),
                ];
            },
        };

    private static IEnumerable<ReportSection> Two(string component, object a, object b) =>
        [CircuitPage.Section("a", component, a), CircuitPage.Section("b", component, b)];

    private static IEnumerable<ReportSection> Attention(string component) => Two(
        component,
        AttentionPage.TwoLayers,
        AttentionExamples.View([[3, 4, 5, 3, 4]], layers: 1, heads: 1, norms: false));

    /// <summary>A section of two models, and of the same in the other order.</summary>
    private static IEnumerable<ReportSection> Compared(int section, string component)
    {
        ModelComparison planted = ComparisonTests.Planted();
        return Two(
            component,
            ComparisonPage.Of(planted).Sections[section].Data,
            ComparisonPage.Of(planted with { First = planted.Second, Second = planted.First })
                .Sections[section].Data);
    }

    private static HeadsView OneHead() => new() { Rows = [HeadTests.View().Rows[0]] };

    /// <summary>The data of a head's page: those of the table, and which head.</summary>
    private static object Page(HeadsView view, string head) => new
    {
        view.Rows,
        view.Method,
        view.Patterns,
        view.Baselines,
        view.Details,
        Head = head,
    };
}
