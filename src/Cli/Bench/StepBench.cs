using System.Diagnostics;
using Vitrine.Autograd;
using Vitrine.Autograd.Optimizers;
using Vitrine.Models;
using Vitrine.Tensors;

namespace Vitrine.Cli.Bench;

/// <summary>A warm training step that was timed; its fields are the JSON of <c>bench
/// step</c>.</summary>
/// <param name="Layers">Layers of the model.</param>
/// <param name="Threads">Threads used.</param>
/// <param name="Tokens">Tokens in a step.</param>
/// <param name="Milliseconds">The best step.</param>
/// <param name="MedianMilliseconds">The step in the middle.</param>
/// <param name="TokensPerSecond">Tokens over the best step.</param>
/// <param name="ManagedBytes">Managed bytes allocated in a step.</param>
/// <param name="NativeAllocations">How often the system was asked for tensor memory, in all
/// steps.</param>
internal sealed record StepTiming(
    int Layers, int Threads, int Tokens, double Milliseconds, double MedianMilliseconds,
    double TokensPerSecond, long ManagedBytes, long NativeAllocations);

/// <summary>
/// A training step of the experiments' models on 2,048 random tokens: 0 layers, or 1 or 2 layers of
/// as many heads of 64 with T5 relative bias on windows of 128; width 64, vocabulary 50,257, output
/// bias; fused loss, backward, global norm (which clips nothing), AdamW.
/// </summary>
internal sealed class StepBench : IDisposable
{
    public const int TokenCount = 2048;
    public const int Context = 128;
    public const float LearningRate = 0.01f;
    public const float Beta2 = 0.99f;
    private readonly AdamW _optimizer;

    public StepBench(int layers)
    {
        TransformerConfig config = Config(layers);
        Model = Transformer.Initial(config, seed: 1, standardDeviation: 0.05f);
        Tokens = Random(3);
        Targets = Random(4);
        _optimizer = new AdamW([new ParameterGroup([.. Model.Parameters])], beta2: Beta2);

        Tensor<int> Random(ulong stream)
        {
            using Tensor<float> uniform = Ops.RandomUniform(
                Tensor.Empty<float>([TokenCount]), seed: 1, stream);
            return Tensor.From<int>(
                [.. uniform.ToArray().Select(u => (int)(u * u * u * config.Vocabulary))],
                [TokenCount / Context, Context]);
        }
    }

    /// <summary>How many layers a step is measured with.</summary>
    public static IReadOnlyList<int> LayerCounts { get; } = [0, 1, 2];

    /// <summary>The model that is trained.</summary>
    public Transformer Model { get; }

    /// <summary>int32 [batch, pos].</summary>
    public Tensor<int> Tokens { get; }

    /// <summary>int32 [batch, pos].</summary>
    public Tensor<int> Targets { get; }

    /// <summary>Times steps of each model on one thread, then on
    /// <paramref name="threads"/>.</summary>
    public static IEnumerable<StepTiming> Run(
        int threads, IEnumerable<int> layerCounts, CancellationToken cancellation,
        double secondsEach = 3)
    {
        int before = WorkerPool.Threads;
        try
        {
            foreach (int layers in layerCounts)
            {
                foreach (int count in threads == 1 ? (int[])[1] : [1, threads])
                {
                    WorkerPool.Threads = count;
                    using var bench = new StepBench(layers);
                    yield return bench.Time(secondsEach, cancellation);
                }
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
        Var loss = Model.Loss(tape, Tokens, Targets);
        tape.Backward(loss);
        float scale = GradientClipping.GlobalNorm(
            Model.Parameters, double.PositiveInfinity).Scale;
        _optimizer.Step(LearningRate, scale, zeroGradients: true);
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
        return new StepTiming(
            Model.Config.Layers, WorkerPool.Threads, TokenCount, times[0], times[times.Count / 2],
            TokenCount / times[0] * 1000, managed, native);
    }

    /// <summary>Releases the model and the optimizer.</summary>
    public void Dispose()
    {
        _optimizer.Dispose();
        Tokens.Dispose();
        Targets.Dispose();
        Model.Dispose();
    }

    private static TransformerConfig Config(int layers)
    {
        (int dModel, int vocabulary) = (64, 50257);
        return layers == 0
            ? TransformerConfig.ZeroLayer(dModel, vocabulary)
            : TransformerConfig.AttentionOnly(
                layers, heads: layers, dModel, dHead: 64, vocabulary, Context);
    }
}
