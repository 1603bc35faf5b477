using System.CommandLine;
using Spectre.Console;
using Vitrine.Cli.Bench;
using Vitrine.Cli.CommandLine;
using Vitrine.Interp;
using Vitrine.Tensors;

namespace Vitrine.Cli.Commands;

/// <summary><c>vitrine bench [gemm|step|circuits|patching]</c>: speed on this machine.</summary>
internal static class BenchCommand
{
    private static readonly string[] Benches = ["gemm", "step", "circuits", "patching"];

    public static Command Create()
    {
        var what = new Argument<string?>("WHAT")
        {
            Description = "gemm: matrix products as a share of the peak; step: a training step of "
                + "0, 1 and 2 layers; circuits: the largest of 50,257² entries; "
                + "patching: a sweep of patches compared with one pass for each [default: all]",
            HelpName = string.Join("|", Benches),
            Arity = ArgumentArity.ZeroOrOne,
        };
        return new Command(
            "bench", "Measure the speed of the kernels on this machine") { what }.Runs(
            (parse, terminal) =>
            {
                string? one = parse.GetValue(what);
                if (one is null && terminal.Json)
                {
                    throw new RequestException(
                        $"bench --json: name one of {string.Join(", ", Benches)}; each has a "
                        + "shape of its own.");
                }

                foreach (string name in one is null ? Benches : [one])
                {
                    object timed;
                    using (var stages = new StageDisplay(terminal))
                    {
                        timed = Of(name, stages, Interruption.Token);
                    }

                    terminal.Show(
                        timed, CliJson.Readable.GetTypeInfo(timed.GetType())!,
                        () => Print(terminal, timed));
                }

                return 0;
            },
            "vitrine bench gemm --threads 2 --json",
            "vitrine bench step");
    }

    /// <summary>Answers the request: times one of the benchmarks.</summary>
    public static object Of(
        string what, IProgress<AnalysisProgress>? progress = null,
        CancellationToken stop = default)
    {
        int threads = WorkerPool.Threads;
        return what switch
        {
            "gemm" => Timed("Matrix products", 3.0 * GemmBench.Shapes.Length,
                GemmBench.Run(threads, GemmBench.Shapes, stop)),
            "step" => Timed("Training steps", 2.0 * StepBench.LayerCounts.Count,
                StepBench.Run(threads, StepBench.LayerCounts, stop)),
            "circuits" => Timed("Largest entries of a circuit", 1, CircuitsBench.Run(stop))[0],
            "patching" => Timed("Patching sweeps", 2, PatchingBench.Run(stop)),
            _ => throw new RequestException(
                $"There is no benchmark '{what}'; there are: {string.Join(", ", Benches)}."),
        };

        List<T> Timed<T>(string stage, double count, IEnumerable<T> timings)
        {
            var done = new List<T>();
            progress?.Report(new AnalysisProgress(stage, 0));
            foreach (T timing in timings)
            {
                done.Add(timing);
                progress?.Report(new AnalysisProgress(stage, done.Count / count));
            }

            return done;
        }
    }

    private static void Print(Terminal terminal, object timed)
    {
        switch (timed)
        {
            case List<GemmTiming> products:
                Print(terminal, products);
                break;
            case List<StepTiming> steps:
                Print(terminal, steps);
                break;
            case List<PatchingTiming> sweeps:
                Print(terminal, sweeps);
                break;
            case CircuitTiming search:
                terminal.Say(
                    $"The largest {search.Count:N0} of {search.Vocabulary:N0}² entries of rank "
                    + $"{search.DHead}: {search.Seconds:F2} s on {search.Threads} threads, "
                    + $"{search.Gflops:F0} GFLOP/s; the products alone take "
                    + $"{search.ProductSeconds:F2} s.");
                break;
        }
    }

    private static void Print(Terminal terminal, List<GemmTiming> timings)
    {
        Table table = NumberTable.Titled(null).AddNumbers("m", "k", "n").AddColumn("transposed")
            .AddNumbers("GFLOP/s", "of peak");
        foreach (GemmTiming timing in timings)
        {
            table.AddRow(
                $"{timing.M}", $"{timing.K}", $"{timing.N}",
                timing.TransposeA ? "a" : timing.TransposeB ? "b" : "",
                $"{timing.Gflops:F0}", $"{100 * timing.ShareOfPeak:F0}%");
        }

        terminal.Tables.Write(table);
        terminal.Say(
            $"Peak: {timings.Min(x => x.PeakGflops):F0}–{timings.Max(x => x.PeakGflops):F0} "
                + $"GFLOP/s on {timings[0].Threads} threads, multiply-adds between registers for as "
                + "long as the product takes, in turn with it.");
    }

    private static void Print(Terminal terminal, List<StepTiming> timings)
    {
        Table table = NumberTable.Titled(null).AddNumbers(
            "layers", "threads", "tokens", "best ms", "median ms", "tokens/s", "managed bytes");
        foreach (StepTiming timing in timings)
        {
            table.AddRow(
                $"{timing.Layers}", $"{timing.Threads}", $"{timing.Tokens:N0}",
                $"{timing.Milliseconds:F1}", $"{timing.MedianMilliseconds:F1}",
                $"{timing.TokensPerSecond:N0}", $"{timing.ManagedBytes:N0}");
        }

        terminal.Tables.Write(table);
    }

    private static void Print(Terminal terminal, List<PatchingTiming> timings)
    {
        Table table = NumberTable.Titled(null, "metric").AddNumbers(
            "cells", "sweep ms", "one pass ms", "one by one ms", "ratio");
        foreach (PatchingTiming timing in timings)
        {
            table.AddRow(
                timing.Metric.ToString(), $"{timing.Cells:N0}",
                $"{timing.SweepMilliseconds:F1}", $"{timing.PassMilliseconds:F2}",
                $"{timing.OneByOneMilliseconds:N0}", $"{timing.Ratio:F0}×");
        }

        terminal.Tables.Write(table);
    }
}
