using Vitrine.Models.Checkpoints;
using Vitrine.Models.Data;
using Vitrine.Models.Training;

namespace Vitrine.Models.Tests.Training;

/// <summary>What goes wrong in training, and what is left of the run.</summary>
public sealed class TrainerFailureTests : TrainingRuns
{
    [Fact]
    public void AWeightThatIsNotFiniteStopsTheRunAndIsNamed()
    {
        string path = Path.Combine(_folder, "run");
        using (Trainer trainer = Start(path))
        {
            byte[] before = File.ReadAllBytes(Path.Combine(path, RunFolder.TrainingFile));
            trainer.Model.Unembed.W_U.Value[1, 7] = float.NaN;
            var error = Assert.Throws<NonFiniteException>(() => Run(trainer));
            Assert.Equal(1, error.Step);
            Assert.Equal("unembed.W_U", error.TensorName);
            Assert.Contains("unembed.W_U is not finite at step 1", error.Message);
            Assert.Equal(before, File.ReadAllBytes(Path.Combine(path, RunFolder.TrainingFile)));
        }

        using Trainer resumed = Resume(path);
        Assert.NotNull(Run(resumed));
    }

    [Fact]
    public void AnActivationThatOverflowsIsNamedThoughEveryWeightIsFinite()
    {
        TransformerConfig config = TransformerConfig.AttentionOnly(
            layers: 2, heads: 2, dModel: 8, dHead: 4, TinyCorpus.Config.Vocabulary,
            TinyCorpus.Recipe.Context);
        using Trainer trainer = Trainer.Start(
            RunFolder.Create(Path.Combine(_folder, "run")), config, _corpus, TinyCorpus.Recipe,
            TinyCorpus.Options);
        AttentionLayer attention = trainer.Model.Blocks[1].Attn;
        attention.W_V.Storage.Fill(1e25f);
        attention.W_O.Storage.Fill(1e25f);
        var error = Assert.Throws<NonFiniteException>(() => Run(trainer));
        Assert.Equal("blocks.1.attn.hook_result", error.TensorName);
    }

    [Fact]
    public void AGradientThatIsNotFiniteStopsTheRunBeforeTheUpdate()
    {
        using Trainer trainer = Start(Path.Combine(_folder, "run"));
        int passes = 0;
        trainer.Model.Embed.W_E.OnGradient(gradient =>
        {
            if (++passes == 6)
            {
                gradient.Fill(float.PositiveInfinity);
            }
        });
        var error = Assert.Throws<NonFiniteException>(() => Run(trainer));
        Assert.Equal(6, error.Step);
        Assert.Equal("the gradient of embed.W_E", error.TensorName);
        Assert.All(
            trainer.Model.Embed.W_E.Value.ToArray(), value => Assert.True(float.IsFinite(value)));
    }

    [Theory]
    [InlineData(RunFolder.TrainingFile)]
    [InlineData("step-000012.safetensors")]
    [InlineData(RunFolder.ModelFile)]
    public void AFullDiskLeavesTheLastGoodCheckpoint(string file)
    {
        Train(Path.Combine(_folder, "unbroken"));
        string path = Path.Combine(_folder, "full");
        using (Trainer trainer = Start(path))
        {
            int writes = 0;
            AtomicFile.Fault = (moment, target) =>
            {
                if (moment == AtomicFile.Moment.Written && Path.GetFileName(target) == file
                    && (file != RunFolder.TrainingFile || ++writes == 3))
                {
                    throw new IOException("No space left on device");
                }
            };
            Assert.Throws<IOException>(() => Run(trainer));
            AtomicFile.Fault = null;
        }

        using (Trainer resumed = Resume(path))
        {
            Assert.InRange(resumed.Step, 8, 24);
            Run(resumed);
        }

        AssertSameModel("unbroken", "full");
        Assert.Empty(Directory.EnumerateFiles(path, "*.tmp", SearchOption.AllDirectories));
    }

    [Fact]
    public void ASecondTrainerOfARunIsRefused()
    {
        string path = Path.Combine(_folder, "run");
        using Trainer first = Start(path);
        Assert.Throws<IOException>(() => Resume(path));
    }

    [Fact]
    public void AnotherTextIsRefused()
    {
        string path = Path.Combine(_folder, "run");
        Start(path).Dispose();
        File.AppendAllText(Path.Combine(path, RunFolder.MetricsFile), "{\"step\":1}\n");
        byte[] metrics = File.ReadAllBytes(Path.Combine(path, RunFolder.MetricsFile));
        using Corpus other = Corpus.FromText(TinyCorpus.Write(_folder, documents: 31), 16);
        var error = Assert.Throws<InvalidDataException>(
            () => Trainer.Resume(RunFolder.Resume(path), other));
        Assert.Contains("was started on a text other than", error.Message);
        Assert.Equal(metrics, File.ReadAllBytes(Path.Combine(path, RunFolder.MetricsFile)));
        using Trainer afterwards = Resume(path);
    }

    [Fact]
    public void AConfigOrRecipeThatDoesNotFitIsRefusedAndTheFolderLetGo()
    {
        string path = Path.Combine(_folder, "run");
        var vocabulary = Assert.Throws<InvalidDataException>(() => Trainer.Start(
            RunFolder.Create(path), TransformerConfig.ZeroLayer(4, 100), _corpus,
            TinyCorpus.Recipe));
        Assert.Contains("vocabulary must be the tokenizer's 50257; got 100", vocabulary.Message);
        var weight = Assert.Throws<InvalidDataException>(() => Start(
            path, TinyCorpus.Recipe with { Weights = [new WeightSettings("W_E")] }));
        Assert.Contains("has no weight 'W_E'; its weights are embed.W_E", weight.Message);
        Start(path).Dispose();
    }
}
