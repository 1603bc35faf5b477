using System.Diagnostics;
using System.Runtime.InteropServices;
using TorchSharp;
using Vitrine.Tensors;

namespace Vitrine.Peers;

/// <summary>Causal attention, forward and backward, compared with libtorch's
/// scaled_dot_product_attention: same values, each side in its own layout, rounds of one side and
/// the other in turn.</summary>
internal static class AttentionPeers
{
    public static readonly (int Heads, int Pos, int DHead)[] Shapes =
    [
        (8, 512, 32), (12, 1024, 64), (4, 128, 64), (12, 2048, 64),
    ];

    public static AttentionResult Measure(int heads, int pos, int dHead, bool backward, int rounds)
    {
        using var ours = new Ours(heads, pos, dHead);
        using DisposeScope scope = torch.NewDisposeScope();
        var theirs = new Theirs(heads, pos, dHead, ours);

        // Two products forward and five backward, pos² / 2 · dHead multiply-adds each.
        double flops = (backward ? 7.0 : 2.0) * heads * pos * pos * dHead;
        int repeats = (int)Math.Clamp(1e10 / flops, 1, 200);
        List<double> mine = [];
        List<double> peer = [];
        for (int round = -1; round < rounds; round++)
        {
            double a = Time(repeats, backward ? ours.ForwardBackward : ours.Forward);
            double b = Time(repeats, backward ? theirs.ForwardBackward : theirs.Forward);
            if (round >= 0)
            {
                mine.Add(a);
                peer.Add(b);
            }
        }

        return new AttentionResult(flops, mine, peer, theirs.LargestDifference(ours));
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
            using Tensor<float> z = Ops.Attention(
                Inputs[0], Inputs[1], Inputs[2], out Tensor<float> normaliser);
            normaliser.Dispose();
        }

        public void ForwardBackward()
        {
            for (int i = 0; i < 3; i++)
            {
                Gradients[i].WritableSpan.Clear();
            }

            using Tensor<float> z = Ops.Attention(
                Inputs[0], Inputs[1], Inputs[2], out Tensor<float> normaliser);
            Ops.AttentionBackward(
                Inputs[0], Inputs[1], Inputs[2], z, normaliser, Inputs[3], Gradients[0],
                Gradients[1], Gradients[2]);
            normaliser.Dispose();
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
                float[] expected =
                    _inputs[i].grad!.transpose(1, 2).contiguous().data<float>().ToArray();
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

/// <summary>Seconds of each round (the best of its repeats), and how far the gradients
/// differ.</summary>
internal sealed record AttentionResult(
    double Flops, List<double> Ours, List<double> Theirs, double LargestDifference);
