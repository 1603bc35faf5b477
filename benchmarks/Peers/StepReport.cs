using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Vitrine.Cli.Bench;

namespace Vitrine.Peers;

/// <summary>The tables of <see cref="StepPeers"/>, and of ours alone.</summary>
internal static class StepReport
{
    private const int StepsPerRound = 5;

    /// <summary>What keeps glibc from giving memory back to the system and asking for it again in
    /// every step.</summary>
    private static readonly string[] KeepMemory =
        ["MALLOC_MMAP_MAX_=0", "MALLOC_TRIM_THRESHOLD_=1000000000000", "MALLOC_TOP_PAD_=67108864"];

    public static void Run(int rounds, string? only)
    {
        var report = new Report("step");
        report.Line(
            "One training step of 2,048 tokens, vocabulary 50,257, width 64, output bias, 2 "
            + "threads. 0 layers: embedding, linear layer, cross-entropy, backward, AdamW. 1 and 2 "
            + "layers: as many heads of 64 each, T5 relative bias, windows of 128. TorchSharp: "
            + "Embedding, Linear (one for queries, keys and values), scaled_dot_product_attention, "
            + "cross_entropy, optim.AdamW, a DisposeScope a step; the same weights and tokens. "
            + $"{rounds} interleaved rounds of {StepsPerRound} steps. Ours also computes the "
            + "global norm. libtorch frees its logits in every step, and the system's allocator "
            + "gives them back and faults them in again; 'kept' is a second pair of runs whose "
            + "allocator keeps what was freed. Peak memory is that of a process of its own for "
            + "each side.");
        report.Line();
        report.Line(
            "| layers | memory | | best ms | median ms | tokens/s | peak resident MB | "
            + "losses differ by |");
        report.Line("|---|---|---|---|---|---|---|---|");
        int[] layerCounts = [.. StepBench.LayerCounts.Where(n => only is null || only == $"{n}")];
        foreach (int layers in layerCounts)
        {
            Add(report, layers, "as it is", rounds);
            Add(report, layers, "kept", rounds, KeepMemory);
        }

        report.Line();
        report.Line(
            "| layers | Vitrine alone, threads | best ms | median ms | managed bytes a step |");
        report.Line("|---|---|---|---|---|");
        StepTiming[] alone = [.. StepBench.Run(2, layerCounts, CancellationToken.None)];
        foreach (StepTiming timing in alone)
        {
            report.Line(
                $"| {timing.Layers} | {timing.Threads} | {timing.Milliseconds:F1} "
                + $"| {timing.MedianMilliseconds:F1} | {timing.ManagedBytes} |");
            report.Row(timing);
        }

        report.Line();
        report.Line($"Two threads are {string.Join(", ", layerCounts.Select(Speedup))} times as "
            + $"fast as one (best steps; {string.Join(", ", layerCounts)} layers).");
        report.Write(unless: only is not null);

        string Speedup(int layers)
        {
            StepTiming[] both = [.. alone.Where(timing => timing.Layers == layers)];
            return $"{both[0].Milliseconds / both[1].Milliseconds:F2}";
        }
    }

    /// <summary>One pair of runs, in processes of their own.</summary>
    private static void Add(
        Report report, int layers, string memory, int rounds, params string[] environment)
    {
        StepResult r = JsonSerializer.Deserialize<StepResult>(
            Child(environment, "times", layers, rounds, StepsPerRound))!;
        (double ours, double theirs) = (r.Ours.Min(), r.Theirs.Min());
        (double median, double theirMedian) = (Report.Median(r.Ours), Report.Median(r.Theirs));
        (long peak, long theirPeak) = (Peak("ours"), Peak("theirs"));
        report.Line(Row("Vitrine", ours, median, peak) + " |");
        report.Line(Row("TorchSharp", theirs, theirMedian, theirPeak) + " |");
        report.Line(
            $"| | | **ratio** | {theirs / ours:F2} | {theirMedian / median:F2} | "
            + $"| {(double)theirPeak / peak:F2} | {r.LossDifference:E1} |");
        report.Row(new
        {
            layers,
            memory,
            oursMilliseconds = ours,
            theirsMilliseconds = theirs,
            ratio = theirs / ours,
            medianRatio = theirMedian / median,
            peakBytes = peak,
            peerPeakBytes = theirPeak,
            r.LossDifference,
        });

        string Row(string name, double best, double middle, long bytes) =>
            $"| {layers} | {memory} | {name} | {best:F1} | {middle:F1} "
            + $"| {StepBench.TokenCount / best * 1e3:F0} | {bytes / 1e6:F0} |";

        long Peak(string side) => long.Parse(
            Child(environment, "peak", side, layers), CultureInfo.InvariantCulture);
    }

    /// <summary>What this program prints when it is started with other arguments.</summary>
    private static string Child(string[] environment, params object[] arguments)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "Peers.dll");
        var start = new ProcessStartInfo("dotnet", [program, .. arguments.Select(a => $"{a}")])
        {
            RedirectStandardOutput = true,
        };
        foreach (string[] variable in environment.Select(pair => pair.Split('=')))
        {
            start.Environment[variable[0]] = variable[1];
        }

        using Process process = Process.Start(start)!;
        return process.StandardOutput.ReadToEnd();
    }
}
