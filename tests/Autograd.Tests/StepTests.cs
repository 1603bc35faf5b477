using Vitrine.Autograd.Optimizers;
using Vitrine.Tensors;

namespace Vitrine.Autograd.Tests;

/// <summary>Whole training steps of a small linear model.</summary>
public class StepTests
{
    [Fact]
    public void AWarmStepAllocatesAlmostNothing()
    {
        using var model = new Model();
        // Scratch that threads rent at the same time may meet late: enough steps to have met.
        for (int i = 0; i < 40; i++)
        {
            model.Step();
        }

        long native = Device.Cpu.NativeAllocations;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++)
        {
            model.Step();
        }

        long managed = (GC.GetAllocatedBytesForCurrentThread() - before) / 10;
        Assert.InRange(managed, 0, 10 * 1024);
        Assert.Equal(native, Device.Cpu.NativeAllocations);
    }

    [Fact]
    public void TheSameBitsForAnyNumberOfThreads()
    {
        int threads = WorkerPool.Threads;
        try
        {
            float[][] results = [.. new[] { 1, 2, 3, 8 }.Select(count =>
            {
                WorkerPool.Threads = count;
                using var model = new Model();
                for (int i = 0; i < 3; i++)
                {
                    model.Step();
                }

                return model.Weights();
            })];
            Assert.All(results, result => Assert.Equal(results[0], result));
        }
        finally
        {
            WorkerPool.Threads = threads;
        }
    }

    private sealed class Model : IDisposable
    {
        private const int Vocab = 3001;
        private const int DModel = 32;
        private readonly Parameter _embed;
        private readonly Parameter _unembed;
        private readonly Parameter _bias = new("b_U", Tensor.Zeros<float>([Vocab]));
        private readonly Tensor<int> _tokens;
        private readonly Tensor<int> _targets;
        private readonly Tensor<float> _weights = Tensor.Full([300], 1 / 300f);
        private readonly AdamW _optimizer;
        private readonly Parameter[] _parameters;

        public Model()
        {
            _embed = new Parameter("W_E", Random(1));
            _unembed = new Parameter("W_U", Random(2), static x => x.Transpose());
            _tokens = Tensor.From<int>([.. Enumerable.Range(0, 300).Select(i => i * i % Vocab)]);
            _targets = Tensor.From<int>([.. Enumerable.Range(0, 300).Select(i => i * 17 % Vocab)]);
            _parameters = [_embed, _unembed, _bias];
            _optimizer = new AdamW([new ParameterGroup(_parameters, weightDecay: 0.1f)]);
        }

        public void Step()
        {
            _optimizer.ZeroGrad();
            using var tape = new Tape();
            Var x = tape.GatherRows(_embed, _tokens);
            tape.Backward(tape.LinearCrossEntropySum(x, _unembed, _bias, _targets, _weights));
            _optimizer.Step(0.01f, GradientClipping.GlobalNorm(_parameters, 0.5).Scale);
        }

        public float[] Weights() =>
            [.. _parameters.SelectMany(parameter => parameter.Storage.ToArray())];

        public void Dispose()
        {
            _optimizer.Dispose();
            _tokens.Dispose();
            _targets.Dispose();
            _weights.Dispose();
            Array.ForEach(_parameters, parameter => parameter.Dispose());
        }

        private static Tensor<float> Random(ulong stream) =>
            Ops.RandomNormal(Tensor.Empty<float>([Vocab, DModel]), 1, stream, 0, 0.1f);
    }
}
