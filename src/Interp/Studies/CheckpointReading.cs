using Vitrine.Interp.Attention;
using Vitrine.Interp.Circuits;
using Vitrine.Interp.Heads;
using Vitrine.Interp.Studies;
using Vitrine.Models;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Data;
using Vitrine.Tensors;

namespace Vitrine.Interp.Studies;

/// <summary>What the heads of a model do at one checkpoint of its training.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Heads">Their scores; earlier checkpoints use the first few of the last one's
/// sequences.</param>
/// <param name="Passages">Where they attend, on the passages of the analysis.</param>
/// <param name="Composition">Their composition; null with one layer.</param>
/// <param name="Copying">Whether they copy, one for each.</param>
internal sealed record CheckpointReading(
    int Step, HeadTable Heads, IReadOnlyList<NamedPassage> Passages, Composition? Composition,
    IReadOnlyList<Copying> Copying)
{
    private const int Sequences = 8;

    /// <summary>Reads every checkpoint of a run, taking the last from the analysis.</summary>
    /// <param name="run">The run.</param>
    /// <param name="corpus">The text that it was trained on.</param>
    /// <param name="analysis">The analysis of the trained model.</param>
    /// <param name="leftOut">Receives each damaged checkpoint, which is left out: its step and the
    /// problem.</param>
    /// <param name="progress">Receives the progress.</param>
    /// <param name="cancellation">Checked between checkpoints.</param>
    /// <returns>The readings, ascending by step.</returns>
    public static IReadOnlyList<CheckpointReading> Timeline(
        RunFolder run, Corpus corpus, AttentionOnlyAnalysis analysis,
        Action<int, string> leftOut, IProgress<AnalysisProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        TransformerConfig config = run.ReadConfig();
        Checkpoint[] checkpoints = [.. run.Checkpoints];
        RandomSpectrum random = RandomSpectrum.Draw(
            config.DModel, config.DHead, seed: analysis.Seed);
        var readings = new List<CheckpointReading>();
        foreach (Checkpoint checkpoint in checkpoints.SkipLast(1))
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                using SafeTensors weights = RunFolder.OpenCheckpoint(checkpoint);
                using Transformer model = Transformer.Load(config, weights);
                readings.Add(Of(checkpoint.Step, model, corpus, analysis, random));
            }
            catch (Exception damage) when (damage is InvalidDataException or IOException)
            {
                leftOut(checkpoint.Step, damage.Message);
            }

            progress?.Report(new AnalysisProgress(
                "Reading the checkpoints", (double)readings.Count / checkpoints.Length));
        }

        if (checkpoints.Length > 0)
        {
            readings.Add(new CheckpointReading(
                checkpoints[^1].Step, analysis.Heads, analysis.Attention,
                analysis.Circuits.Composition,
                [.. analysis.Circuits.Heads.Select(head => head.Copying)]));
        }

        return readings;
    }

    private static CheckpointReading Of(
        int step, Transformer model, Corpus corpus, AttentionOnlyAnalysis analysis,
        RandomSpectrum random)
    {
        HeadScores repeated = analysis.Heads.Samples[0];
        RepeatedTokens repeats = RepeatedTokens.OfCommon(
            corpus, analysis.Types, model.Config.Context, (repeated.Positions - 1) / 2,
            Math.Min(Sequences, repeated.Sequences), analysis.Seed);
        IReadOnlyList<int[]> text = TextWindows.HeldOut(corpus, model.Config.Context, Sequences);
        using var reading = new HeadReading(model);
        return new CheckpointReading(
            step,
            HeadTable.Of(
                HeadScores.OnRepeatedTokens(model, repeats), HeadScores.OnText(model, text)),
            [
                .. analysis.Attention.Select(passage => new NamedPassage(
                    passage.Name, PassageAttention.Of(model, passage.Attention.Tokens))),
            ],
            analysis.Circuits.Composition is { } last
                ? reading.Composition(last.Baseline) : null,
            [
                .. reading.Heads.Select(head => Circuits.Copying.Of(
                    head, reading[head], analysis.Common, random, all: false)),
            ]);
    }
}
