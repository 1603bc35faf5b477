using System.Diagnostics;
using TorchSharp;
using TorchSharp.Modules;
using Vitrine.Cli.Bench;
using static TorchSharp.torch;

namespace Vitrine.Peers;

/// <summary>The 0-layer training step beside TorchSharp's: 2,048 tokens, vocabulary 50,257, width 64,
/// output bias, mean cross-entropy, AdamW; ours also measures and applies the global-norm clip.</summary>
internal static class StepPeers
{
    private const int TokenCount = 2048;
    private const int Vocabulary = 50257;
    private const int Width = 64;

    /// <summary>Rounds of one side and the other in turn; milliseconds of every step.</summary>
    public static (List<double> Ours, List<double> Theirs) Measure(int rounds, int stepsPerRound)
    {
        using var ours = new StepBench(TokenCount, Vocabulary, Width);
        using var theirs = new TorchStep();
        List<double> mine = [];
        List<double> peer = [];
        for (int round = -1; round < rounds; round++)
        {
            Time(round, stepsPerRound, mine, () => ours.Step());
            Time(round, stepsPerRound, peer, () => theirs.Step());
        }

        return (mine, peer);
    }

    /// <summary>Runs one side alone for its peak resident set, in bytes.</summary>
    public static long PeakBytes(string side, int steps)
    {
        if (side == "ours")
        {
            using var ours = new StepBench(TokenCount, Vocabulary, Width);
            Repeat(steps, () => ours.Step());
        }
        else
        {
            using var theirs = new TorchStep();
            Repeat(steps, () => theirs.Step());
        }

        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }

    private static void Time(int round, int steps, List<double> times, Action step)
    {
        // libtorch's idle threads spin for 200 ms; let them go to sleep before the other side starts.
        Thread.Sleep(230);
        step();
        for (int i = 0; i < steps; i++)
        {
            long start = Stopwatch.GetTimestamp();
            step();
            if (round >= 0)
            {
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }
    }

    private static void Repeat(int steps, Action step)
    {
        for (int i = 0; i < steps; i++)
        {
            step();
        }
    }

    private sealed class TorchStep : IDisposable
    {
        private readonly Embedding _embed = nn.Embedding(Vocabulary, Width);
        private readonly Linear _unembed = nn.Linear(Width, Vocabulary, hasBias: true);
        private readonly optim.Optimizer _optimizer;
        private readonly torch.Tensor _tokens;
        private readonly torch.Tensor _targets;

        public TorchStep()
        {
            manual_seed(1);
            _optimizer = optim.AdamW(
                _embed.parameters().Concat(_unembed.parameters()), 0.01, 0.9, 0.99, 1e-8, 0);
            _tokens = randint(Vocabulary, TokenCount, ScalarType.Int64);
            _targets = randint(Vocabulary, TokenCount, ScalarType.Int64);
        }

        public void Step()
        {
            using DisposeScope scope = NewDisposeScope();
            _optimizer.zero_grad();
            torch.Tensor loss = nn.functional.cross_entropy(
                _unembed.forward(_embed.forward(_tokens)), _targets);
            loss.backward();
            _optimizer.step();
        }

        public void Dispose()
        {
            _optimizer.Dispose();
            _embed.Dispose();
            _unembed.Dispose();
            _tokens.Dispose();
            _targets.Dispose();
        }
    }
}
