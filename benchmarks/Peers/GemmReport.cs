namespace Vitrine.Peers;

/// <summary>The table of <see cref="GemmPeers"/>.</summary>
internal static class GemmReport
{
    public static void Run(int rounds, string? only)
    {
        var report = new Report("gemm");
        GemmPeers.WarmUp();
        report.Line(
            "Matrix products, float32, 2 threads; outputs preallocated on both sides (`into`; "
            + "`addmm_` with beta 0), but for the column 'new result' (`mm`; a new pooled tensor); "
            + $"each figure the best of {rounds} interleaved rounds. Peak: a register-only loop of "
            + "multiply-adds on 2 threads, for as long as the product takes, in turn with it. T: "
            + "that operand is stored transposed.");
        report.Line();
        report.Line(
            "| m × k × n | layout | Vitrine GFLOP/s | peak | of peak | libtorch GFLOP/s | times libtorch "
            + "| median times | times, new result | largest difference |");
        report.Line("|---|---|---|---|---|---|---|---|---|---|");
        foreach ((int m, int k, int n) in GemmPeers.Shapes)
        {
            if (only is null || only == $"{m}x{k}x{n}")
            {
                Add(report, GemmPeers.Measure(m, k, n, false, false, rounds));
                Add(report, GemmPeers.Measure(m, k, n, true, false, rounds));
                Add(report, GemmPeers.Measure(m, k, n, false, true, rounds));
            }
        }

        report.Write(unless: only is not null);
    }

    private static void Add(Report report, GemmResult r)
    {
        double ours = r.Flops / r.Ours.Min() / 1e9;
        double theirs = r.Flops / r.Theirs.Min() / 1e9;
        double median = Report.Median(r.Theirs) / Report.Median(r.Ours);
        double ratioNew = r.TheirsNew.Min() / r.OursNew.Min();
        string layout = $"{(r.TransposeA ? "T" : "N")}{(r.TransposeB ? "T" : "N")}";
        report.Line(
            $"| {r.M} × {r.K} × {r.N} | {layout} | {ours:F1} | {r.Peak:F0} | {ours / r.Peak:P0} "
            + $"| {theirs:F1} | {ours / theirs:F2} | {median:F2} | {ratioNew:F2} | {r.LargestDifference:E1} |");
        report.Row(new
        {
            r.M,
            r.K,
            r.N,
            r.TransposeA,
            r.TransposeB,
            threads = 2,
            gflops = ours,
            peakGflops = r.Peak,
            shareOfPeak = ours / r.Peak,
            peerGflops = theirs,
            ratio = ours / theirs,
            medianRatio = median,
            ratioNewResult = ratioNew,
            r.LargestDifference,
        });
    }
}
