using System.Globalization;
using Vitrine.Interp.Bigrams;
using Vitrine.Interp.Embeddings;
using Vitrine.Interp.Losses;
using Vitrine.Interp.Studies;

namespace Vitrine.Explorer;

/// <summary>The page of a 0-layer run.</summary>
internal static class ZeroLayerPage
{
    /// <summary>The page.</summary>
    /// <exception cref="ArgumentException">The parts of the report do not fit each
    /// other.</exception>
    public static ReportPage Of(ZeroLayerReport report)
    {
        Check(report);
        ZeroLayerAnalysis analysis = report.Analysis;
        RunFacts run = report.Run;
        return new ReportPage
        {
            Kind = "0-layer",
            Title = "Zero layers: a table of bigrams",
            Lead = ZeroLayerFindings.Lead(analysis),
            Facts = Facts(run),
            Vocabulary = report.Vocabulary,
            TokenCounts =
                [.. Enumerable.Range(0, report.Vocabulary.Size).Select(analysis.Counts.TokenCount)],
            Name = run.Name,
            Signature = $"run {run.Name}, {run.Corpus}, {Numerals.Count(run.Steps)} steps, seed "
                + $"{run.Seed}{(run.Commit is null ? "" : $", {run.Commit}")}",
            Checkpoints = report.Loss.Checkpoints,
            Sections =
            [
                TokenTables.Of(analysis),
                EmbeddingMaps.Of(analysis),
                new ReportSection
                {
                    Key = "loss",
                    Name = "Loss",
                    Heading = "How good is it, and when did it get there?",
                    Finding = ZeroLayerFindings.Loss(
                        analysis.Losses,
                        [.. report.Loss.HeldOut.Select(one => (one.Step, one.Value))], run.Steps),
                    Component = "vt-loss",
                    Data = report.Loss,
                    Caption = LossCaption(analysis.Losses.HeldOut),
                    Table = new ReportTable(
                        ["model", "held-out loss, nats", "perplexity"],
                        [
                            LossRow("this model", analysis.Losses.HeldOut.Value),
                            .. report.Loss.References.Select(one => LossRow(one.Name, one.Value)),
                        ]),
                },
            ],
        };
    }

    private static ReportFact[] Facts(RunFacts run) =>
    [
        new("d_model", Numerals.Count(run.DModel)),
        new("vocabulary", Numerals.Count(run.VocabularySize)),
        new("parameters", Numerals.Rounded(run.Parameters)),
        new("trained on", $"{run.Corpus}, {Numerals.Rounded(run.TrainTokens)} tokens"),
        new("steps", Numerals.Count(run.Steps)),
        new("seed", run.Seed.ToString(CultureInfo.InvariantCulture)),
        ReportFact.Time("time", run.Seconds),
        .. run.Commit is { } commit
            ? [new ReportFact("commit", commit)] : Array.Empty<ReportFact>(),
    ];

    private static IReadOnlyList<Prose> LossRow(string name, double loss) =>
        [name, Numerals.Score(loss), Numerals.Count(Math.Exp(loss))];

    private static string LossCaption(LossEstimate heldOut)
    {
        string interval = heldOut is { High: { } high, Low: { } low }
            ? $", 95% over {heldOut.Documents} documents ± {Numerals.Score((high - low) / 2)} nats"
            : "";
        return "Reference lines are fitted to the same training text and measured on the same "
            + "held-out documents. Held-out: the last point covers all "
            + $"{Numerals.Count(heldOut.Tokens)} tokens{interval}; earlier points cover a fixed "
            + "sample of them. The slider moves the shared checkpoint; tables and maps show the "
            + "last one.";
    }

    private static void Check(ZeroLayerReport report)
    {
        int vocabulary = report.Vocabulary.Size;
        ZeroLayerAnalysis analysis = report.Analysis;
        foreach ((string part, int size) in new[]
        {
            (nameof(report.Vocabulary.Classes), report.Vocabulary.Classes.Count),
            (nameof(analysis.Counts), analysis.Counts.Vocabulary),
            (nameof(analysis.W_E), analysis.W_E.Rows),
            (nameof(analysis.W_U), analysis.W_U.Rows),
            (nameof(analysis.Bias), analysis.Bias.Length),
            (nameof(analysis.LogSumExp), analysis.LogSumExp.Length),
            (nameof(report.Run), report.Run.VocabularySize),
        })
        {
            if (size != vocabulary)
            {
                throw new ArgumentException(
                    $"Report: every part must have one row for each of the {vocabulary} tokens; "
                        + $"got {size} in {part}; build them from one model and tokenizer.",
                    nameof(report));
            }
        }

        if (analysis.W_E.Columns != analysis.W_U.Columns)
        {
            throw new ArgumentException(
                $"Report: W_E and W_U must have the same width; got {analysis.W_E.Columns} and "
                    + $"{analysis.W_U.Columns}; pass W_U with one row per token.",
                nameof(report));
        }

        if (analysis.Maps.FirstOrDefault(map =>
            map.X.Length != map.Ids.Length || map.Y.Length != map.Ids.Length) is { } map)
        {
            throw new ArgumentException(
                $"Report: a map must have two coordinates for every token; got {map.Ids.Length} "
                    + $"tokens, {map.X.Length} and {map.Y.Length} coordinates in the {map.Method} "
                    + $"of {map.Matrix}.",
                nameof(report));
        }
    }
}
