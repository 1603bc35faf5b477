using Vitrine.Autograd;
using Vitrine.Autograd.Optimizers;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Data;
using Vitrine.Models.Positions;
using Vitrine.Models.Training;
using Vitrine.Tensors;

namespace Vitrine.Models.Tests.Training;

/// <summary>Training steps of models with layers, in the shapes of the shipped experiments but for
/// a smaller vocabulary.</summary>
[Collection(nameof(Alone))]
public sealed class LayeredTrainingTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vitrine-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void AWarmStepAllocatesLittleManagedMemoryAndNoTensorMemory(int layers)
    {
        using var model = new Model(Config(layers));
        for (int i = 0; i < 30; i++)
        {
            model.Step();
        }

        long native = Device.Cpu.NativeAllocations;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 5; i++)
        {
            model.Step();
        }

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 5, 1, 10_000);
        Assert.Equal(native, Device.Cpu.NativeAllocations);
    }

    [Theory]
    [InlineData(PositionKind.Relative, NormKind.None)]
    [InlineData(PositionKind.Rotary, NormKind.LayerNorm)]
    [InlineData(PositionKind.Shortformer, NormKind.None)]
    public void TheSameBitsForAnyNumberOfThreads(PositionKind positions, NormKind norm)
    {
        int threads = WorkerPool.Threads;
        try
        {
            float[][] weights = [.. new[] { 1, 2, 3, 8 }.Select(count =>
            {
                WorkerPool.Threads = count;
                using var model = new Model(
                    (Config(2) with { Positions = positions, Norm = norm })
                        .WithAttention(heads => heads with { Biases = true }));
                model.Step();
                model.Step();
                return model.Weights();
            })];
            Assert.All(weights, each => Assert.Equal(weights[0], each));
        }
        finally
        {
            WorkerPool.Threads = threads;
        }
    }

    [Fact]
    public void AnInterruptedRunGoesOnToTheSameBits()
    {
        using Corpus corpus = TinyCorpus.Open(_folder);
        TransformerConfig config = TransformerConfig.AttentionOnly(
            layers: 2, heads: 2, dModel: 8, dHead: 4, corpus.Tokenizer.VocabularySize,
            TinyCorpus.Recipe.Context);
        string unbroken = Path.Combine(_folder, "unbroken");
        using (Trainer trainer = Start(unbroken))
        {
            Assert.NotNull(
                trainer.Run(cancellation: TestContext.Current.CancellationToken));
        }

        string broken = Path.Combine(_folder, "broken");
        foreach (int stopAt in new[] { 7, 15 })
        {
            using var cancel = new CancellationTokenSource();
            using Trainer trainer = stopAt == 7 ? Start(broken) : Resume(broken);
            Assert.Null(trainer.Run(new StopAt(stopAt, cancel), cancel.Token));
            Assert.Equal(stopAt, trainer.Step);
        }

        using (Trainer trainer = Resume(broken))
        {
            Assert.NotNull(
                trainer.Run(cancellation: TestContext.Current.CancellationToken));
        }

        Assert.Equal(
            File.ReadAllBytes(Path.Combine(unbroken, RunFolder.ModelFile)),
            File.ReadAllBytes(Path.Combine(broken, RunFolder.ModelFile)));

        Trainer Start(string path) => Trainer.Start(
            RunFolder.Create(path), config, corpus, TinyCorpus.Recipe, TinyCorpus.Options);

        Trainer Resume(string path) => Trainer.Resume(
            RunFolder.Resume(path), corpus, TinyCorpus.Options);
    }

    private static TransformerConfig Config(int layers) => TransformerConfig.AttentionOnly(
        layers, heads: layers, dModel: 64, dHead: 64, vocabulary: 997, context: 128);

    private sealed class StopAt(int step, CancellationTokenSource cancel)
        : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Step == step)
            {
                cancel.Cancel();
            }
        }
    }

    private sealed class Model : IDisposable
    {
        private readonly Transformer _model;
        private readonly Tensor<int> _tokens;
        private readonly Tensor<int> _targets;
        private readonly AdamW _optimizer;

        public Model(TransformerConfig config)
        {
            _model = Transformer.Initial(config, seed: 3, standardDeviation: 0.05f);
            _tokens = Tokens(7919, config.Vocabulary);
            _targets = Tokens(104729, config.Vocabulary);
            _optimizer = new AdamW([new ParameterGroup([.. _model.Parameters])]);
        }

        public void Step()
        {
            using var tape = new Tape();
            tape.Backward(_model.Loss(tape, _tokens, _targets));
            float scale = GradientClipping.GlobalNorm(_model.Parameters, 1).Scale;
            _optimizer.Step(0.01f, scale, zeroGradients: true);
        }

        public float[] Weights() =>
            [.. _model.Parameters.SelectMany(parameter => parameter.Storage.ToArray())];

        public void Dispose()
        {
            _optimizer.Dispose();
            _tokens.Dispose();
            _targets.Dispose();
            _model.Dispose();
        }

        private static Tensor<int> Tokens(int factor, int vocabulary) => Tensor.From<int>(
            [.. Enumerable.Range(1, 2048).Select(i => (int)((long)i * i * factor % vocabulary))],
            [16, 128]);
    }
}
