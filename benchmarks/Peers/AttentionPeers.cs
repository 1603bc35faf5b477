using System.Diagnostics;
using System.Runtime.InteropServices;
using TorchSharp;
using Vitrine.Tensors;

namespace Vitrine.Peers;

/// <summary>Causal attention, forward and backward, beside libtorch's scaled_dot_product_attention:
/// same values, each side in its own layout, rounds of one side and the other in turn.</summary>
internal static class AttentionPeers
{
    public static readonly (int Heads, int Pos, int DHead)[] Shapes =
    [
        (8, 512, 32), (12, 1024, 64), (4, 128, 64), (12, 2048, 64),
    ];

    public static void Print(int heads, int pos, int dHead, int rounds)
    {
        using var ours = new Ours(heads, pos, dHead);
        using DisposeScope scope = torch.NewDisposeScope();
        var theirs = new Theirs(heads, pos, dHead, ours);

        // Seven products of pos² / 2 · dHead multiply-adds for each head.
        double flops = 7.0 * heads * pos * pos * dHead;
        int repeats = (int)Math.Clamp(2e10 / flops, 1, 200);
        List<double> mineForward = [];
        List<double> mine = [];
        List<double> peerForward = [];
        List<double> peer = [];
        for (int round = -1; round < rounds; round++)
        {
            double a = Time(repeats, ours.Forward);
            double b = Time(repeats, ours.ForwardBackward);
            double c = Time(repeats, theirs.Forward);
            double d = Time(repeats, theirs.ForwardBackward);
            if (round >= 0)
            {
                mineForward.Add(a);
                mine.Add(b);
                peerForward.Add(c);
                peer.Add(d);
            }
        }

        Console.WriteLine(
            $"attention {heads,2} x {pos,4} x {dHead}: forward ours {mineForward.Min() * 1e3:F2} ms, "
            + $"torch {peerForward.Min() * 1e3:F2} ms ({peerForward.Min() / mineForward.Min():F2}×); "
            + $"forward+backward ours {mine.Min() * 1e3:F2} ms ({flops / mine.Min() / 1e9:F0} GFLOP/s), "
            + $"torch {peer.Min() * 1e3:F2} ms ({peer.Min() / mine.Min():F2}×, "
            + $"median {Median(peer) / Median(mine):F2}×); difference {theirs.LargestDifference(ours):E1}");
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static double Time(int repeats, Action action)
    {
        // libtorch's idle threads spin for 200 ms; let them go to sleep before the other side starts.
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

    /// <summary>q, k, v, dZ [1, pos, head, dHead] and their gradients.</summary>
    internal sealed class Ours : IDisposable
    {
        public Ours(int heads, int pos, int dHead)
        {
            for (int i = 0; i < 4; i++)
            {
                Inputs[i] = Tensor.Empty<float>([1, pos, heads, dHead]);
                GemmPeers.Fill(Inputs[i], i + 1);
                Gradients[i] = Tensor.Zeros<float>([1, pos, heads, dHead]);
            }
        }

        public Tensor<float>[] Inputs { get; } = new Tensor<float>[4];

        public Tensor<float>[] Gradients { get; } = new Tensor<float>[4];

        public void Forward()
        {
            using Tensor<float> z = Ops.Attention(Inputs[0], Inputs[1], Inputs[2], out Tensor<float> logSumExp);
            logSumExp.Dispose();
        }

        public void ForwardBackward()
        {
            for (int i = 0; i < 3; i++)
            {
                Gradients[i].WritableSpan.Clear();
            }

            using Tensor<float> z = Ops.Attention(Inputs[0], Inputs[1], Inputs[2], out Tensor<float> logSumExp);
            Ops.AttentionBackward(
                Inputs[0], Inputs[1], Inputs[2], z, logSumExp, Inputs[3], Gradients[0], Gradients[1], Gradients[2]);
            logSumExp.Dispose();
        }

        public void Dispose()
        {
            Array.ForEach(Inputs, x => x.Dispose());
            Array.ForEach(Gradients, x => x.Dispose());
        }
    }

    /// <summary>The same in [1, head, pos, dHead], which libtorch prefers.</summary>
    internal sealed class Theirs
    {
        private readonly torch.Tensor[] _inputs = new torch.Tensor[4];

        public Theirs(int heads, int pos, int dHead, Ours ours)
        {
            for (int i = 0; i < 4; i++)
            {
                torch.Tensor x = torch.empty(1, pos, heads, dHead);
                x.bytes = MemoryMarshal.AsBytes(ours.Inputs[i].WritableSpan);
                _inputs[i] = x.transpose(1, 2).contiguous().requires_grad_(i < 3);
            }
        }

        public void Forward()
        {
            using var noGrad = torch.no_grad();
            using torch.Tensor z = Attention();
        }

        public void ForwardBackward()
        {
            for (int i = 0; i < 3; i++)
            {
                _inputs[i].grad?.zero_();
            }

            using torch.Tensor z = Attention();
            z.backward([_inputs[3]]);
        }

        public double LargestDifference(Ours ours)
        {
            ours.ForwardBackward();
            ForwardBackward();
            double worst = 0;
            for (int i = 0; i < 3; i++)
            {
                float[] expected = _inputs[i].grad!.transpose(1, 2).contiguous().data<float>().ToArray();
                ReadOnlySpan<float> actual = ours.Gradients[i].Span;
                for (int j = 0; j < expected.Length; j++)
                {
                    worst = Math.Max(worst, Math.Abs(expected[j] - actual[j]));
                }
            }

            return worst;
        }

        private torch.Tensor Attention() => torch.nn.functional.scaled_dot_product_attention(
            _inputs[0], _inputs[1], _inputs[2], is_casual: true);
    }
}
