using System.Diagnostics;
using Vitrine.Cli.Bench;
using Vitrine.Tensors;

namespace Vitrine.Peers;

/// <summary>Our training step compared with TorchSharp's: the same model, weights and tokens, and
/// the same losses step after step; ours also measures the global norm.</summary>
internal static class StepPeers
{
    /// <summary>Steps at the start whose losses are compared.</summary>
    public const int Compared = 5;

    /// <summary>Rounds of one side and the other in turn.</summary>
    public static StepResult Measure(int layers, int rounds, int stepsPerRound)
    {
        using var ours = new StepBench(layers);
        using var theirs = new TorchStep(ours);
        double difference = 0;
        for (int i = 0; i < Compared; i++)
        {
            float loss = ours.Step();
            difference = Math.Max(difference, Math.Abs((theirs.Step() - loss) / loss));
        }

        List<double> mine = [];
        List<double> peer = [];
        for (int round = 0; round < rounds; round++)
        {
            Time(stepsPerRound, mine, ours.Step);
            Time(stepsPerRound, peer, theirs.Step);
        }

        return new StepResult(mine, peer, difference);
    }

    /// <summary>Runs one side alone for its peak resident set, in bytes.</summary>
    public static long PeakBytes(string side, int layers, int steps)
    {
        if (side == "ours")
        {
            using var ours = new StepBench(layers);
            Repeat(steps, ours.Step);
        }
        else
        {
            using TorchStep theirs = Theirs(layers);
            Device.Cpu.TrimPool();
            Repeat(steps, theirs.Step);
        }

        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }

    private static TorchStep Theirs(int layers)
    {
        using var ours = new StepBench(layers);
        return new TorchStep(ours);
    }

    private static void Repeat(int steps, Func<float> step)
    {
        for (int i = 0; i < steps; i++)
        {
            step();
        }
    }

    private static void Time(int steps, List<double> times, Func<float> step)
    {
        // libtorch's idle threads spin for 200 ms; let them go to sleep before the other side
        // starts.
        Thread.Sleep(230);
        step();
        for (int i = 0; i < steps; i++)
        {
            long start = Stopwatch.GetTimestamp();
            step();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
    }
}

/// <summary>Milliseconds of every step, and the largest relative difference of the first
/// losses.</summary>
internal sealed record StepResult(List<double> Ours, List<double> Theirs, double LossDifference);
