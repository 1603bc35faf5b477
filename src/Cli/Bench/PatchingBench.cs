using System.Diagnostics;
using Vitrine.Interp.Patching;
using Vitrine.Models;
using Vitrine.Tensors;

namespace Vitrine.Cli.Bench;

/// <summary>A patching sweep that was timed beside one whole pass for each patch; its fields are
/// the JSON of <c>bench patching</c>.</summary>
/// <param name="Metric">What patches are judged by: the logit difference reads two logits, the
/// probability all of them.</param>
/// <param name="Threads">Threads used.</param>
/// <param name="Cells">Patches: heads × positions.</param>
/// <param name="SweepMilliseconds">The best sweep.</param>
/// <param name="PassMilliseconds">The best mean of a whole pass with one patch, logits at the last
/// position only.</param>
/// <param name="OneByOneMilliseconds">As many whole passes as cells.</param>
/// <param name="Ratio">How many times faster the sweep is.</param>
internal sealed record PatchingTiming(
    MetricKind Metric, int Threads, int Cells, double SweepMilliseconds, double PassMilliseconds,
    double OneByOneMilliseconds, double Ratio);

/// <summary>The head × position sweep of z in a 2-layer model with 8 heads at 128
/// positions.</summary>
internal static class PatchingBench
{
    private const int Layers = 2;
    private const int Heads = 8;
    private const int Positions = 128;
    private const int Rounds = 5;
    private const int PassesEach = 64;

    public static IEnumerable<PatchingTiming> Run(CancellationToken cancellation)
    {
        TransformerConfig config = TransformerConfig.AttentionOnly(
            Layers, Heads, dModel: 64, dHead: 8, vocabulary: 50_257, context: Positions);
        using Transformer model = Transformer.Initial(config, seed: 1, standardDeviation: 0.5f);
        int[] clean = [.. Enumerable.Range(0, Positions).Select(i => 37 * i)];
        int[] corrupt = [.. clean.Select(id => id + 1)];
        var prompts = new PromptPairs([clean], [corrupt], [11], [13]);
        foreach (MetricKind metric in
            (MetricKind[])[MetricKind.LogitDifference, MetricKind.Probability])
        {
            using var experiment = new PatchingExperiment(model, prompts, metric);
            yield return Time(experiment, metric, cancellation);
        }
    }

    private static PatchingTiming Time(
        PatchingExperiment experiment, MetricKind metric, CancellationToken cancellation)
    {
        double sweep = double.PositiveInfinity;
        double pass = double.PositiveInfinity;
        int cells = Layers * Heads * Positions;
        for (int round = 0; round < Rounds; round++)
        {
            cancellation.ThrowIfCancellationRequested();
            long start = Stopwatch.GetTimestamp();
            experiment.Sweep(PatchSite.Z, details: 0, cancellation: cancellation);
            sweep = Math.Min(sweep, Stopwatch.GetElapsedTime(start).TotalMilliseconds);

            start = Stopwatch.GetTimestamp();
            for (int i = 0; i < PassesEach; i++)
            {
                int cell = ((i * 1021) + round) % cells;
                experiment.Patched(
                    PatchSite.Z, cell / (Heads * Positions), cell / Positions % Heads,
                    cell % Positions);
            }

            pass = Math.Min(pass, Stopwatch.GetElapsedTime(start).TotalMilliseconds / PassesEach);
        }

        return new PatchingTiming(
            metric, WorkerPool.Threads, cells, sweep, pass, pass * cells, pass * cells / sweep);
    }
}
