using System.Diagnostics;
using TorchSharp;
using Vitrine.Cli.Bench;
using Vitrine.Tensors;

namespace Vitrine.Peers;

/// <summary>Our matrix product compared with libtorch's: same values, same layout; outputs
/// preallocated on both sides (<c>into</c>; <c>addmm_</c> with beta 0), then a new result at each
/// call on both sides; rounds of one side and the other in turn.</summary>
internal static class GemmPeers
{
    public static readonly (int M, int K, int N)[] Shapes =
    [
        (512, 512, 512), (1024, 1024, 1024), (2048, 2048, 2048), (2048, 768, 3072),
        (2048, 64, 64), (256, 256, 64), (2048, 64, 50257),
    ];

    /// <summary>Works on both sides for a second each: the first shape that is measured would
    /// otherwise carry the process' start (code that is not yet compiled at its best, sleeping
    /// threads, a processor that has not yet clocked up).</summary>
    public static void WarmUp()
    {
        long begun = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begun).TotalSeconds < 2)
        {
            Measure(512, 512, 512, transposeA: false, transposeB: false, rounds: 1);
        }
    }

    public static GemmResult Measure(
        int m, int k, int n, bool transposeA, bool transposeB, int rounds)
    {
        using Tensor<float> storedA = Tensor.Empty<float>(transposeA ? [k, m] : [m, k]);
        using Tensor<float> storedB = Tensor.Empty<float>(transposeB ? [n, k] : [k, n]);
        using Tensor<float> into = Tensor.Zeros<float>([m, n]);
        Fill(storedA, 1);
        Fill(storedB, 2);
        Tensor<float> a = transposeA ? storedA.Transpose() : storedA;
        Tensor<float> b = transposeB ? storedB.Transpose() : storedB;

        using DisposeScope scope = torch.NewDisposeScope();
        torch.Tensor peerA = FromOurs(storedA);
        torch.Tensor peerB = FromOurs(storedB);
        peerA = transposeA ? peerA.t() : peerA;
        peerB = transposeB ? peerB.t() : peerB;
        torch.Tensor peerInto = torch.zeros(m, n);

        double flops = 2.0 * m * n * k;
        int repeats = (int)Math.Clamp(6e9 / flops, 1, 200);
        List<double> ours = [];
        List<double> theirs = [];
        List<double> oursNew = [];
        List<double> theirsNew = [];
        double peak = 0;
        for (int round = -1; round < rounds; round++)
        {
            double mine = Time(repeats, () => Ops.MatMul(a, b, into: into));
            peak = Math.Max(peak, PeakBench.Gflops(WorkerPool.Threads, flops, repeats));
            double peer = Time(repeats, () => peerInto.addmm_(peerA, peerB, beta: 0, alpha: 1));
            if (round >= 0)
            {
                ours.Add(mine);
                theirs.Add(peer);
                oursNew.Add(Time(repeats, () => Ops.MatMul(a, b).Dispose()));
                theirsNew.Add(Time(repeats, () => torch.mm(peerA, peerB).Dispose()));
            }
        }

        double difference = Difference(into, peerInto);
        return new GemmResult(
            m, k, n, transposeA, transposeB, flops, peak, ours, theirs, oursNew, theirsNew,
            difference);
    }

    internal static void Fill(Tensor<float> x, int seed)
    {
        var random = new Random(seed);
        foreach (ref float value in x.WritableSpan)
        {
            value = random.NextSingle() - 0.5f;
        }
    }

    internal static torch.Tensor FromOurs(Tensor<float> x)
    {
        torch.Tensor peer = torch.empty(x.Shape[0], x.Shape[1]);
        peer.bytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes(x.WritableSpan);
        return peer;
    }

    private static double Time(int repeats, Action action)
    {
        // libtorch's idle threads spin for 200 ms; let them go to sleep before the other side
        // starts.
        Thread.Sleep(230);
        action();
        double best = double.PositiveInfinity;
        for (int i = 0; i < repeats; i++)
        {
            long start = Stopwatch.GetTimestamp();
            action();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return best;
    }

    private static double Difference(Tensor<float> ours, torch.Tensor theirs)
    {
        double worst = 0;
        int rows = ours.Shape[0];
        for (int row = 0; row < rows; row += Math.Max(1, rows / 37))
        {
            ReadOnlySpan<float> mine = ours.Slice(0, row, 1).Span;
            float[] peer = theirs[row].data<float>().ToArray();
            for (int j = 0; j < peer.Length; j++)
            {
                worst = Math.Max(worst, Math.Abs(mine[j] - peer[j]));
            }
        }

        return worst;
    }
}

/// <summary>Seconds of each round (the best of its repeats).</summary>
internal sealed record GemmResult(
    int M, int K, int N, bool TransposeA, bool TransposeB, double Flops, double Peak,
    List<double> Ours, List<double> Theirs, List<double> OursNew, List<double> TheirsNew,
    double LargestDifference);
