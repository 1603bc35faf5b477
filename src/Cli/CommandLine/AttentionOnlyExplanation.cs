using System.Text.Json;
using Vitrine.Explorer;
using Vitrine.Interp;
using Vitrine.Interp.Heads;
using Vitrine.Interp.Induction;
using Vitrine.Interp.Studies;
using Vitrine.Models;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Positions;
using Vitrine.Models.Training;
using Vitrine.Tensors;

namespace Vitrine.Cli.CommandLine;

/// <summary>A trained attention-only run explained: analyses, findings, figures and
/// report.</summary>
internal static class AttentionOnlyExplanation
{
    /// <summary>Runs the analyses.</summary>
    /// <param name="run">The trained run.</param>
    /// <param name="others">Finished runs that differ in the seed alone: their curves stand beside
    /// this one's.</param>
    /// <param name="tell">Is told which 0-layer model stands beside.</param>
    /// <param name="progress">Is told of stages.</param>
    /// <param name="stop">Ends them.</param>
    public static (Explanation, ReportPage) Of(
        TrainedRun run, IReadOnlyList<string> others, Action<string>? tell,
        IProgress<AnalysisProgress>? progress = null, CancellationToken stop = default)
    {
        using Transformer? zero = ZeroLayer(run, tell);
        Recipe recipe = run.Notes.Recipe;
        AttentionOnlyAnalysis analysis = AttentionOnlyAnalysis.Of(
            run.Model, run.Corpus, zero, recipe.Seed, recipe.RandomTypes, progress, stop);
        AttentionOnlyStudy study = AttentionOnlyStudy.Of(
            run.Model, run.Corpus, analysis, recipe.RandomTypes is > 0 and var types ? types : 1000,
            zero, recipe.Seed, progress, stop);
        var leftOut = new List<int>();
        IReadOnlyList<CheckpointReading> timeline = CheckpointReading.Timeline(
            run.Folder, run.Corpus, analysis,
            (step, damage) =>
            {
                leftOut.Add(step);
                tell?.Invoke($"Left out: the checkpoint at step {step:N0}; {damage}");
            },
            progress, stop);
        double? oneLayer = OneLayerLoss(run);
        AttentionOnlyReport report = ReportOf(run, analysis, timeline, leftOut, others) with
        {
            Study = study, OneLayerLoss = oneLayer,
        };
        IEnumerable<Finding> formation = report.Phase is { } phase
            ? [InductionFindings.Of(phase)] : [];
        ReportPage page = AttentionOnlyPage.Of(report);
        var found = new Explanation(
            run.Folder.Path, run.Notes, Summary(run, analysis, oneLayer), page.Lead,
            [.. formation, .. AttentionOnlyFindings.Of(analysis)],
            $"Tables: vitrine circuits {run.Folder.Path}, vitrine heads {run.Folder.Path}"
            + (analysis.Copied is { } copied
                ? $"\nCopying: vitrine generate {run.Folder.Path} \"{copied.Prompt}\" --tokens "
                    + $"{copied.Length}" : ""));
        return (found, page);
    }

    /// <summary>The 0-layer model to compare with: the one that the run keeps, or else the newest
    /// of the same text, which the run then keeps: its report is the same wherever the folder
    /// goes.</summary>
    private static Transformer? ZeroLayer(TrainedRun run, Action<string>? tell)
    {
        if (run.Folder.OpenZeroLayer() is { } kept)
        {
            tell?.Invoke($"Compared with the 0-layer model in {run.Folder.Path}");
            return kept;
        }

        string? path = Finished(run, layers: 0);
        string merges = run.Notes.Recipe.Merges is { } first ? $" --merges {first}" : "";
        tell?.Invoke(path is null
            ? $"No finished 0-layer run on this text to compare with; vitrine run 0-layer{merges} "
                + "makes one."
            : $"Compared with the 0-layer model in {path}");
        if (path is null)
        {
            return null;
        }

        Transformer zero = Transformer.Load(path);
        run.Folder.SaveZeroLayer(zero);
        return zero;
    }

    /// <summary>The loss of the newest 1-layer model of the same text, or else of the one that a
    /// report of the run was last compared with.</summary>
    private static double? OneLayerLoss(TrainedRun run)
    {
        if (run.Model.Config.Layers < 2 || Finished(run, layers: 1) is not { } path)
        {
            return run.Summary.OneLayerHeldOutLoss;
        }

        using RunFolder folder = RunFolder.Open(path);
        return TrainingSummary.Of(folder).HeldOutLoss;
    }

    /// <summary>The newest finished run of the same text and vocabulary with so many
    /// layers.</summary>
    private static string? Finished(TrainedRun run, int layers) =>
        TrainedRun.Finished($"{layers}-layer", run.Folder.Path).FirstOrDefault(found =>
        {
            using RunFolder folder = RunFolder.Open(found);
            RunNotes notes = RunNotes.Read(folder);
            return notes.TextDigest == run.Notes.TextDigest && notes.Config.Layers == layers
                && notes.Config.Vocabulary == run.Model.Config.Vocabulary;
        });

    private static TrainingSummary Summary(
        TrainedRun run, AttentionOnlyAnalysis analysis, double? oneLayer)
    {
        TrainingSummary summary = run.Summary with
        {
            OneLayerHeldOutLoss = oneLayer,
            UnigramHeldOutLoss = analysis.Losses.UnigramHeldOut.Value,
            BigramHeldOutLoss = analysis.Losses.BigramHeldOut.Value,
            Data = run.Notes.Recipe.Data,
        };
        return analysis.Induction is not { } circuit ? summary : summary with
        {
            PrefixMatching = new PrefixMatchingSummary(
                run.Notes.Recipe.RandomTypes > 0
                    ? circuit.PrefixMatching.First(one => one.Length is null).Score
                    : circuit.PrefixMatching[0].Score,
                circuit.PrefixMatching.Where(one => one.Length is not null)
                    .MaxBy(one => one.Types)!.Score),
            PreviousToken = circuit.Previous.Score,
            RepeatLoss = new RepeatLossSummary(
                circuit.Ablation.FirstHalf, circuit.Ablation.Intact, circuit.Ablation.Without),
            KComposition = new CompositionSummary(
                circuit.Composition.Value, circuit.Composition.Mean, circuit.Composition.Sd),
            InContextScore = circuit.InContext.Score,
        };
    }

    private static AttentionOnlyReport ReportOf(
        TrainedRun run, AttentionOnlyAnalysis analysis, IReadOnlyList<CheckpointReading> timeline,
        IReadOnlyList<int> leftOut, IReadOnlyList<string> others)
    {
        IReadOnlyList<TrainingMetrics> metrics = TrainingMetrics.Of(run.Folder);
        int[] checkpoints = [.. timeline.Select(reading => reading.Step)];
        IEnumerable<PhaseChange> seeds = OtherSeeds(run.Folder, others)
            .Select(one => Phase(one, [])).OfType<PhaseChange>();
        PhaseChange? phase = Phase(metrics, checkpoints)?.Beside([.. seeds]);
        return new AttentionOnlyReport
        {
            Kind = run.Notes.Experiment,
            Name = Path.GetFileName(run.Folder.Path),
            Facts = Facts(run, leftOut),
            Vocabulary = TokenVocabulary.Of(run.Corpus.Tokenizer),
            TokenCounts = run.Corpus.TrainCounts,
            Model = run.Model,
            Loss = LossHistory.Of(
                metrics, analysis.Losses.HeldOut, References(analysis), checkpoints) with
            {
                Changes = TrainingChange.Of(run.Notes.Recipe, run.Corpus),
            },
            Analysis = analysis,
            Phase = phase,
            Timeline = timeline,
            Recipe = run.Notes.Recipe,
        };
    }

    private static PhaseChange? Phase(
        IReadOnlyList<TrainingMetrics> metrics, IReadOnlyList<int> checkpoints) =>
        metrics.Any(line => line.Scores is not null) ? PhaseChange.Of(metrics, checkpoints) : null;

    /// <summary>What other seeds measured; the run keeps it, so that its report stays the same.
    /// </summary>
    private static IReadOnlyList<TrainingMetrics[]> OtherSeeds(
        RunFolder run, IReadOnlyList<string> others)
    {
        if (others.Count > 0)
        {
            IReadOnlyList<TrainingMetrics[]> measured = [.. others.Select(Measured)];
            run.WriteText(
                RunFolder.OtherSeedsFile, JsonSerializer.Serialize(
                    measured, CliJson.Default.IReadOnlyListTrainingMetricsArray));
            return measured;
        }

        return KeptSeeds(run);
    }

    /// <summary>What a run keeps of other seeds.</summary>
    internal static IReadOnlyList<TrainingMetrics[]> KeptSeeds(RunFolder run) =>
        File.Exists(run[RunFolder.OtherSeedsFile])
            ? run.ReadJson(
                RunFolder.OtherSeedsFile,
                json => json.As(CliJson.Default.IReadOnlyListTrainingMetricsArray)) : [];

    private static TrainingMetrics[] Measured(string path)
    {
        using RunFolder folder = RunFolder.Open(path);
        return
        [
            .. TrainingMetrics.Of(folder)
                .Where(line => line.Scores is not null || line.HeldOutLoss is not null),
        ];
    }

    private static ReferenceLoss[] References(AttentionOnlyAnalysis analysis) =>
    [
        new("unigram", analysis.Losses.UnigramHeldOut.Value),
        new("bigram, Kneser–Ney", analysis.Losses.BigramHeldOut.Value),
        .. analysis.Losses.ZeroLayer is { } zero ? [new ReferenceLoss("0-layer", zero.Value)]
            : Array.Empty<ReferenceLoss>(),
    ];

    private static string Words(PositionKind positions) => positions switch
    {
        PositionKind.None => "none",
        PositionKind.Learned => "learned",
        PositionKind.Sinusoidal => "sinusoidal",
        PositionKind.Rotary => "rotary",
        PositionKind.Alibi => "ALiBi",
        PositionKind.Relative => "T5 relative bias",
        PositionKind.Shortformer => "learned, for queries and keys",
        _ => positions.ToString(),
    };

    private static List<ReportFact> Facts(TrainedRun run, IReadOnlyList<int> leftOut)
    {
        TransformerConfig config = run.Model.Config;
        PerLayer<AttentionConfig> layers = config.Attention!;
        return
        [
            new("layers", $"{config.Layers}"),
            new("heads", Numerals.ByLayer(layers, one => one.Heads, " a layer")),
            new("d_model", $"{config.DModel}"),
            new("d_head", Numerals.ByLayer(layers, one => one.DHead)),
            new("positions", Words(config.Positions.Kind)),
            new("context", $"{config.Context}"),
            new("vocabulary", $"{config.Vocabulary:N0}"),
            new("text", run.Corpus.Name),
            new("data", AttentionOnlyPage.Words(run.Notes.Recipe.Data)),
            new("steps", $"{run.Summary.Steps:N0}"),
            new("tokens", $"{run.Summary.Tokens:N0}"),
            new("seed", $"{run.Notes.Recipe.Seed}"),
            ReportFact.Time("time", run.Summary.Seconds),
            .. leftOut.Count > 0
                ? [new ReportFact("damaged checkpoints, left out", string.Join(", ", leftOut))]
                : Array.Empty<ReportFact>(),
            .. run.Notes.Commit is { } commit ? [new ReportFact("commit", commit)]
            : Array.Empty<ReportFact>(),
        ];
    }
}
