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
                + "patching: a sweep of patches beside one pass for each [default: all]",
            HelpName = string.Join("|", Benches),
            Arity = ArgumentArity.ZeroOrOne,
        };
        return new Command(
            "bench", "Measure the speed of the kernels on this machine") { what }.Runs(
            (parse, terminal) => Run(parse.GetValue(what), terminal),
            "vitrine bench gemm --threads 2 --json",
            "vitrine bench step");
    }

    private static int Run(string? what, Terminal terminal)
    {
        string all = string.Join(", ", Benches);
        if (what is not null && !Benches.Contains(what))
        {
            throw new RequestException($"There is no benchmark '{what}'; there are: {all}.");
        }

        if (what is null && terminal.Json)
        {
            throw new RequestException(
                $"bench --json: name one of {all}; each has a shape of its own.");
        }

        if (what is null or "gemm")
        {
            Gemm(terminal);
        }

        if (what is null or "step")
        {
            Step(terminal);
        }

        if (what is null or "circuits")
        {
            Circuits(terminal);
        }

        if (what is null or "patching")
        {
            PatchingBench.Print(terminal, Interruption.Token);
        }

        return 0;
    }

    private static void Gemm(Terminal terminal)
    {
        var timings = new List<GemmTiming>();
        using (var phase = new PhaseDisplay(terminal, "Matrix products"))
        {
            foreach (GemmTiming timing in GemmBench.Run(
                WorkerPool.Threads, GemmBench.Shapes, Interruption.Token))
            {
                timings.Add(timing);
                phase.Show(timings.Count / (3.0 * GemmBench.Shapes.Length));
            }
        }

        terminal.Show(timings, CliJson.Readable.ListGemmTiming, () =>
        {
            Table table = Numbers("m", "k", "n").AddColumn("transposed");
            table.AddColumn(new TableColumn("GFLOP/s").RightAligned());
            table.AddColumn(new TableColumn("of peak").RightAligned());
            foreach (GemmTiming timing in timings)
            {
                table.AddRow(
                    $"{timing.M}",
                    $"{timing.K}",
                    $"{timing.N}",
                    timing.TransposeA ? "a" : timing.TransposeB ? "b" : "",
                    $"{timing.Gflops:F0}",
                    $"{100 * timing.ShareOfPeak:F0}%");
            }

            terminal.Tables.Write(table);
            terminal.Say(
                $"Peak: {timings.Min(x => x.PeakGflops):F0}–{timings.Max(x => x.PeakGflops):F0} "
                    + $"GFLOP/s on {timings[0].Threads} threads, multiply-adds between registers "
                    + "for as long as the product takes, in turn with it.");
        });
    }

    private static void Step(Terminal terminal)
    {
        List<StepTiming> timings;
        using (new PhaseDisplay(terminal, "Training steps"))
        {
            timings = [.. StepBench.Run(
                WorkerPool.Threads, StepBench.LayerCounts, Interruption.Token)];
        }

        terminal.Show(timings, CliJson.Readable.ListStepTiming, () =>
        {
            Table table = Numbers(
                "layers", "threads", "tokens", "best ms", "median ms", "tokens/s",
                "managed bytes");
            foreach (StepTiming timing in timings)
            {
                table.AddRow(
                    $"{timing.Layers}",
                    $"{timing.Threads}",
                    $"{timing.Tokens:N0}",
                    $"{timing.Milliseconds:F1}",
                    $"{timing.MedianMilliseconds:F1}",
                    $"{timing.TokensPerSecond:N0}",
                    $"{timing.ManagedBytes:N0}");
            }

            terminal.Tables.Write(table);
        });
    }

    private static void Circuits(Terminal terminal)
    {
        CircuitTiming timing;
        using (new PhaseDisplay(terminal, "Largest entries of a circuit"))
        {
            timing = CircuitsBench.Run(Interruption.Token);
        }

        terminal.Show(timing, CliJson.Readable.CircuitTiming, () => terminal.Say(
            $"The largest {timing.Count:N0} of {timing.Vocabulary:N0}² entries of rank "
            + $"{timing.DHead}: {timing.Seconds:F2} s on "
            + $"{timing.Threads} threads, {timing.Gflops:F0} GFLOP/s; the products alone take "
            + $"{timing.ProductSeconds:F2} s."));
    }

    private static Table Numbers(params string[] columns)
    {
        Table table = new Table().Border(TableBorder.Minimal);
        foreach (string column in columns)
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        return table;
    }
}
