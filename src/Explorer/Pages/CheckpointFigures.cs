using Vitrine.Interp;
using Vitrine.Interp.Attention;
using Vitrine.Interp.Circuits;
using Vitrine.Interp.Heads;
using Vitrine.Interp.Induction;
using Vitrine.Interp.Losses;
using Vitrine.Interp.Studies;
using Vitrine.Tensors;

namespace Vitrine.Explorer;

/// <summary>What the shared slider shows of a run's checkpoints, figure by figure.</summary>
internal static class CheckpointFigures
{
    private const string Repeats = "random-repeats";
    private const int Likeliest = 3;

    /// <summary>The curves, with a film of the induction head and of the head that it
    /// reads.</summary>
    public static PhaseChangeFigure Phase(PhaseChange phase, AttentionOnlyReport report)
    {
        IEnumerable<Head> heads = report.Analysis.Induction is { } circuit
            ? new[] { circuit.Head, circuit.Previous.Head }.Distinct().Select(Parsed) : [];
        FilmFrame[] film =
        [
            .. from reading in report.Timeline
               from head in heads
               select Frame(head, reading.Step, Repeated(reading.Passages)),
        ];
        int size = film.Length == 0 ? 0 : Repeated(report.Timeline[0].Passages).Tokens.Length;
        return PhaseChangeFigure.Of(phase.With(report.Timeline), film, size) with
        {
            Changes = report.Loss.Changes,
        };
    }

    /// <summary>Token losses across the rise, or across the training where nothing rose; null
    /// without two checkpoints.</summary>
    public static TokenLosses? Losses(
        PhaseChange phase, IReadOnlyList<CheckpointReading> timeline)
    {
        if (timeline.Count < 2)
        {
            return null;
        }

        int from = phase.Change?.From ?? timeline[0].Step;
        int to = phase.Change?.To ?? timeline[^1].Step;
        return TokenLosses.Of(
            timeline.LastOrDefault(one => one.Step <= from) ?? timeline[0],
            timeline.FirstOrDefault(one => one.Step >= to) ?? timeline[^1]);
    }

    /// <summary>Patterns of all heads on repeated random tokens.</summary>
    public static PackedPatterns Patterns(IReadOnlyList<NamedPassage> passages) =>
        AttentionPassages.Of(Repeats, Repeated(passages), PatternPrecision.Byte).Measures["weight"];

    public static HeadsCheckpoint[]? Heads(IReadOnlyList<CheckpointReading> timeline) =>
        Each(timeline, one =>
            new HeadsCheckpoint(one.Step, one.Heads.Rows, Patterns(one.Passages)));

    /// <summary>Passages with the measures by head; scores and the measures by layer are of the
    /// last checkpoint alone, for the size of the page.</summary>
    public static AttentionCheckpoint[]? Attention(IReadOnlyList<CheckpointReading> timeline) =>
        Each(timeline, one => new AttentionCheckpoint(
            one.Step,
            [
                .. one.Passages.Select(passage => one.Step == timeline[^1].Step
                    ? AttentionPassages.Of(passage.Name, passage.Attention)
                    : ByHead(AttentionPassages.Of(
                        passage.Name, passage.Attention, PatternPrecision.Byte))),
            ],
            AttentionSection.Kinds(one.Heads), AttentionSection.Scores(one.Heads)));

    public static CompositionStep[]? Composition(
        IReadOnlyList<CheckpointReading> timeline,
        Func<HeadTable, IReadOnlyDictionary<string, (string Kind, double Score)>> kinds) =>
        timeline.Any(one => one.Composition is null) ? null : Each(
            timeline, one => new CompositionStep(
                one.Step, CompositionFigure.NodesOf(one.Composition!, kinds(one.Heads)),
                one.Composition!.Edges, [Pictures(one.Passages)]));

    public static EigenvaluesStep[]? Eigenvalues(IReadOnlyList<CheckpointReading> timeline) =>
        Each(timeline, one => new EigenvaluesStep(one.Step, one.Copying));

    private static AttentionPassage ByHead(AttentionPassage passage)
    {
        string[] kept = ["weight", "weighted"];
        return passage with
        {
            Scores = null,
            Mixing = null,
            Predictions = passage.Predictions?.Select(
                one => one with { Top = [.. one.Top.Take(Likeliest)] }).ToArray(),
            Measures = kept.ToDictionary(name => name, name => passage.Measures[name]),
            Unavailable = passage.Measures.Keys.Except(kept)
                .ToDictionary(name => name, _ => "at the last checkpoint only"),
        };
    }

    private static T[]? Each<T>(
        IReadOnlyList<CheckpointReading> timeline, Func<CheckpointReading, T> figure) =>
        timeline.Count < 2 ? null : [.. timeline.Select(figure)];

    private static PassageAttention Repeated(IReadOnlyList<NamedPassage> passages) =>
        passages.First(passage => passage.Name == Repeats).Attention;

    private static HeadPatterns Pictures(IReadOnlyList<NamedPassage> passages)
    {
        PassageAttention passage = Repeated(passages);
        Head[] heads =
        [
            .. from layer in Enumerable.Range(0, passage.Layers.Count)
               from head in Enumerable.Range(0, passage.Layers[layer].Heads)
               select new Head(layer, head),
        ];
        int positions = passage.Tokens.Length;
        using Tensor<float> patterns = Tensor.From(
            [.. passage.Layers.SelectMany(layer => layer.Weight)],
            [heads.Length, positions, positions]);
        return HeadPatterns.Of("random repeats", heads, patterns);
    }

    private static FilmFrame Frame(Head head, int step, PassageAttention passage)
    {
        int positions = passage.Tokens.Length;
        using Tensor<float> pattern = Tensor.From(
            passage.Map(head, AttentionMeasure.Weight), [positions, positions]);
        return FilmFrame.Of(head, step, pattern, positions);
    }

    private static Head Parsed(string name) =>
        Head.TryParse(name, out Head head) ? head : throw new FormatException($"Head: {name}.");
}
