namespace Vitrine.Peers;

/// <summary>The table of <see cref="AttentionPeers"/>.</summary>
internal static class AttentionReport
{
    public static void Run(int rounds, string? only)
    {
        var report = new Report("attention");
        report.Line(
            "Causal attention, float32, 2 threads, batch 1: `Ops.Attention` and "
            + "`AttentionBackward` beside scaled_dot_product_attention and its backward, each side "
            + "in its own layout; GFLOP/s count the seven products of the seen half; each figure "
            + $"the best of {rounds} interleaved rounds.");
        report.Line();
        report.Line(
            "| heads × pos × dHead | | Vitrine ms | GFLOP/s | libtorch ms | times libtorch "
            + "| median times | largest difference |");
        report.Line("|---|---|---|---|---|---|---|---|");
        foreach ((int heads, int pos, int dHead) in AttentionPeers.Shapes)
        {
            if (only is null || only == $"{heads}x{pos}x{dHead}")
            {
                Add(report, heads, pos, dHead, backward: false, rounds);
                Add(report, heads, pos, dHead, backward: true, rounds);
            }
        }

        report.Write(unless: only is not null);
    }

    private static void Add(
        Report report, int heads, int pos, int dHead, bool backward, int rounds)
    {
        AttentionResult r = AttentionPeers.Measure(heads, pos, dHead, backward, rounds);
        (double ours, double theirs) = (r.Ours.Min(), r.Theirs.Min());
        double median = Report.Median(r.Theirs) / Report.Median(r.Ours);
        string what = backward ? "forward and backward" : "forward";
        report.Line(
            $"| {heads} × {pos} × {dHead} | {what} | {ours * 1e3:F2} | {r.Flops / ours / 1e9:F0} "
            + $"| {theirs * 1e3:F2} | {theirs / ours:F2} | {median:F2} "
            + $"| {r.LargestDifference:E1} |");
        report.Row(new
        {
            heads,
            pos,
            dHead,
            what,
            threads = 2,
            milliseconds = ours * 1e3,
            gflops = r.Flops / ours / 1e9,
            peerMilliseconds = theirs * 1e3,
            ratio = theirs / ours,
            medianRatio = median,
            r.LargestDifference,
        });
    }
}
