using System.Diagnostics;
using System.Globalization;
using TorchSharp;
using Vitrine.Cli.Bench;
using Vitrine.Peers;
using Vitrine.Tensors;

// Peers gemm [rounds] | attention [rounds] | step [rounds] | peak ours|theirs
string mode = args.Length > 0 ? args[0] : "gemm";
int rounds = args.Length > 1 && int.TryParse(args[1], CultureInfo.InvariantCulture, out int given) ? given : 7;
string results = Path.Combine(AppContext.BaseDirectory, "../../../../benchmarks/results");
WorkerPool.Threads = 2;
if (mode == "peak" && args[1] == "ours")
{
    Console.WriteLine(StepPeers.PeakBytes("ours", steps: 10));
    return;
}

torch.set_num_threads(2);
switch (mode)
{
    case "natives":
        break;
    case "gemm":
        Gemm();
        break;
    case "attention":
        Attention();
        break;
    case "step":
        Step();
        break;
    case "peak":
        Console.WriteLine(StepPeers.PeakBytes("theirs", steps: 10));
        break;
    default:
        Console.Error.WriteLine("Peers: gemm [rounds], attention [rounds], step [rounds] or peak ours|theirs.");
        Environment.ExitCode = 2;
        break;
}

void Gemm()
{
    var report = new Report("gemm");
    GemmPeers.WarmUp();
    double peak = PeakBench.Threads(2);
    report.Line(
        $"Matrix products, float32, 2 threads; outputs preallocated on both sides (`into`; `addmm_` with beta 0), but for the column 'new result' (`mm`; a new pooled tensor); "
        + $"each figure the best of {rounds} interleaved rounds. Peak of a register-only loop of multiply-adds "
        + $"in the same run: {peak:F0} GFLOP/s. T: that operand is stored transposed.");
    report.Line();
    report.Line("| m × k × n | layout | Vitrine GFLOP/s | of peak | libtorch GFLOP/s | times libtorch | median times | times, new result | largest difference |");
    report.Line("|---|---|---|---|---|---|---|---|---|");
    foreach ((int m, int k, int n) in GemmPeers.Shapes)
    {
        if (args.Length > 2 && args[2] != $"{m}x{k}x{n}")
        {
            continue;
        }

        foreach ((bool transposeA, bool transposeB) in ((bool, bool)[])[(false, false), (true, false), (false, true)])
        {
            GemmResult r = GemmPeers.Measure(m, k, n, transposeA, transposeB, rounds);
            double ours = r.Flops / r.Ours.Min() / 1e9;
            double theirs = r.Flops / r.Theirs.Min() / 1e9;
            double median = Median(r.Theirs) / Median(r.Ours);
            double ratioNew = r.TheirsNew.Min() / r.OursNew.Min();
            report.Line(
                $"| {m} × {k} × {n} | {(transposeA ? "T" : "N")}{(transposeB ? "T" : "N")} | {ours:F1} | {ours / peak:P0} "
                + $"| {theirs:F1} | {ours / theirs:F2} | {median:F2} | {ratioNew:F2} | {r.LargestDifference:E1} |");
            report.Row(new
            {
                m, k, n, transposeA, transposeB, threads = 2, gflops = ours, shareOfPeak = ours / peak,
                peerGflops = theirs, ratio = ours / theirs, medianRatio = median, ratioNewResult = ratioNew, r.LargestDifference,
            });
        }
    }

    if (args.Length <= 2)
    {
        report.Write(results);
    }
}

void Attention()
{
    var report = new Report("attention");
    report.Line(
        "Causal attention, float32, 2 threads, batch 1: `Ops.Attention` and `AttentionBackward` beside "
        + "scaled_dot_product_attention and its backward, each side in its own layout; GFLOP/s count the seven "
        + $"products of the seen half; each figure the best of {rounds} interleaved rounds.");
    report.Line();
    report.Line("| heads × pos × dHead | | Vitrine ms | GFLOP/s | libtorch ms | times libtorch | median times | largest difference |");
    report.Line("|---|---|---|---|---|---|---|---|");
    foreach ((int heads, int pos, int dHead) in AttentionPeers.Shapes)
    {
        if (args.Length > 2 && args[2] != $"{heads}x{pos}x{dHead}")
        {
            continue;
        }

        foreach (bool backward in new[] { false, true })
        {
            AttentionResult r = AttentionPeers.Measure(heads, pos, dHead, backward, rounds);
            (double ours, double theirs) = (r.Ours.Min(), r.Theirs.Min());
            double median = Median(r.Theirs) / Median(r.Ours);
            string what = backward ? "forward and backward" : "forward";
            report.Line(
                $"| {heads} × {pos} × {dHead} | {what} | {ours * 1e3:F2} | {r.Flops / ours / 1e9:F0} "
                + $"| {theirs * 1e3:F2} | {theirs / ours:F2} | {median:F2} | {r.LargestDifference:E1} |");
            report.Row(new
            {
                heads, pos, dHead, what, threads = 2, milliseconds = ours * 1e3, gflops = r.Flops / ours / 1e9,
                peerMilliseconds = theirs * 1e3, ratio = theirs / ours, medianRatio = median, r.LargestDifference,
            });
        }
    }

    if (args.Length <= 2)
    {
        report.Write(results);
    }
}

void Step()
{
    var report = new Report("step");
    (List<double> ours, List<double> theirs) = StepPeers.Measure(rounds, stepsPerRound: 5);
    long peakOurs = Peak("ours");
    long peakTheirs = Peak("theirs");
    StepTiming[] alone = [.. StepBench.Run(2, CancellationToken.None)];
    report.Line(
        "One training step of the 0-layer model: 2,048 tokens, vocabulary 50,257, width 64, output bias; embedding, "
        + "linear layer, cross-entropy, backward, AdamW; 2 threads. TorchSharp: Embedding, Linear, cross_entropy, "
        + $"optim.AdamW, a DisposeScope a step. {rounds} interleaved rounds of 5 steps. Ours also computes the global norm.");
    report.Line();
    report.Line("| | best ms | median ms | tokens/s | peak resident MB |");
    report.Line("|---|---|---|---|---|");
    report.Line($"| Vitrine | {ours.Min():F1} | {Median(ours):F1} | {2048e3 / ours.Min():F0} | {peakOurs / 1e6:F0} |");
    report.Line($"| TorchSharp | {theirs.Min():F1} | {Median(theirs):F1} | {2048e3 / theirs.Min():F0} | {peakTheirs / 1e6:F0} |");
    report.Line(
        $"| ratio | {theirs.Min() / ours.Min():F2} | {Median(theirs) / Median(ours):F2} | | {(double)peakTheirs / peakOurs:F2} |");
    report.Line();
    report.Line("| Vitrine alone, threads | best ms | median ms | managed bytes a step |");
    report.Line("|---|---|---|---|");
    foreach (StepTiming timing in alone)
    {
        report.Line(
            $"| {timing.Threads} | {timing.Milliseconds:F1} | {timing.MedianMilliseconds:F1} | {timing.ManagedBytes} |");
        report.Row(timing);
    }

    report.Line();
    report.Line($"Two threads are {alone[0].Milliseconds / alone[^1].Milliseconds:F2} times as fast as one.");
    report.Row(new
    {
        oursMilliseconds = ours.Min(), theirsMilliseconds = theirs.Min(), ratio = theirs.Min() / ours.Min(),
        medianRatio = Median(theirs) / Median(ours), peakBytes = peakOurs, peerPeakBytes = peakTheirs,
    });
    report.Write(results);
}

static long Peak(string side)
{
    using Process process = Process.Start(
        new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Peers.dll"), "peak", side])
        {
            RedirectStandardOutput = true,
        })!;
    return long.Parse(process.StandardOutput.ReadToEnd(), CultureInfo.InvariantCulture);
}

static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
