using System.Diagnostics;
using Vitrine.Autograd;
using Vitrine.Autograd.Optimizers;
using Vitrine.Models;
using Vitrine.Tensors;

namespace Vitrine.Cli.Bench;

/// <summary>A warm training step that was timed; its fields are the JSON of <c>bench step</c>.</summary>
/// <param name="Threads">Threads used.</param>
/// <param name="Tokens">Tokens in a step.</param>
/// <param name="Milliseconds">The best step.</param>
/// <param name="MedianMilliseconds">The step in the middle.</param>
/// <param name="TokensPerSecond">Tokens over the best step.</param>
/// <param name="ManagedBytes">Managed bytes allocated in a step.</param>
/// <param name="NativeAllocations">How often the system was asked for tensor memory, in all steps.</param>
internal sealed record StepTiming(
    int Threads, int Tokens, double Milliseconds, double MedianMilliseconds, double TokensPerSecond,
    long ManagedBytes, long NativeAllocations);

/// <summary>
/// The 0-layer model's training step on random tokens: embed, linear layer and cross-entropy with an
/// output bias, backward, global norm, AdamW.
/// </summary>
internal sealed class StepBench : IDisposable
{
    private readonly Transformer _model;
    private readonly Tensor<int> _tokens;
    private readonly Tensor<int> _targets;
    private readonly AdamW _optimizer;

    public StepBench(int tokens = 2048, int vocabulary = 50257, int dModel = 64)
    {
        _model = Transformer.Initial(
            TransformerConfig.ZeroLayer(dModel, vocabulary), seed: 1, standardDeviation: 0.05f);
        _tokens = Tokens(tokens, vocabulary, 3);
        _targets = Tokens(tokens, vocabulary, 4);
        _optimizer = new AdamW([new ParameterGroup([.. _model.Parameters])], beta2: 0.99f);
    }

    /// <summary>Times steps on one thread, then on <paramref name="threads"/>.</summary>
    public static IEnumerable<StepTiming> Run(
        int threads, CancellationToken cancellation, double secondsEach = 3)
    {
        int before = WorkerPool.Threads;
        try
        {
            foreach (int count in threads == 1 ? (int[])[1] : [1, threads])
            {
                WorkerPool.Threads = count;
                using var bench = new StepBench();
                yield return bench.Time(secondsEach, cancellation);
            }
        }
        finally
        {
            WorkerPool.Threads = before;
        }
    }

    /// <summary>One training step; returns the mean loss in nats.</summary>
    public float Step()
    {
        using var tape = new Tape();
        Var loss = _model.Loss(tape, _tokens, _targets);
        tape.Backward(loss);
        float scale = GradientClipping.GlobalNorm(_model.Parameters, 1).Scale;
        _optimizer.Step(0.01f, scale, zeroGradients: true);
        return loss.Value[[]];
    }

    /// <summary>Steps until the time is over, after three that are not counted.</summary>
    public StepTiming Time(double seconds, CancellationToken cancellation)
    {
        for (int i = 0; i < 3; i++)
        {
            Step();
        }

        List<double> times = new(1024);
        long native = Device.Cpu.NativeAllocations;
        long managed = 0;
        long begun = Stopwatch.GetTimestamp();
        do
        {
            cancellation.ThrowIfCancellationRequested();
            long bytes = GC.GetAllocatedBytesForCurrentThread();
            long start = Stopwatch.GetTimestamp();
            Step();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            managed = GC.GetAllocatedBytesForCurrentThread() - bytes;
        }
        while (times.Count < 5 || Stopwatch.GetElapsedTime(begun).TotalSeconds < seconds);

        native = Device.Cpu.NativeAllocations - native;
        times.Sort();
        int tokens = (int)_tokens.Length;
        return new StepTiming(
            WorkerPool.Threads, tokens, times[0], times[times.Count / 2], tokens / times[0] * 1000,
            managed, native);
    }

    /// <summary>Releases the model and the optimizer.</summary>
    public void Dispose()
    {
        _optimizer.Dispose();
        _tokens.Dispose();
        _targets.Dispose();
        _model.Dispose();
    }

    private static Tensor<int> Tokens(int count, int vocabulary, ulong stream)
    {
        using Tensor<float> uniform = Ops.RandomUniform(Tensor.Empty<float>([count]), seed: 1, stream);
        return Tensor.From<int>(
            [.. uniform.ToArray().Select(u => (int)(u * u * u * vocabulary))], [1, count]);
    }
}
