using System.Globalization;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Training;

namespace Vitrine.Models.Tests.Training;

/// <summary>What is trained is what is saved, loaded and gone on with: with and without an output
/// bias, in any culture.</summary>
public sealed class OutputBiasTests : TrainingRuns
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TheModelThatWasMeasuredIsTheOneInTheFolder(bool outputBias)
    {
        TransformerConfig config = TinyCorpus.Config with
        {
            Embedding = new() { OutputBias = outputBias },
        };
        string path = Path.Combine(_folder, "run");
        TrainingSummary summary;
        using (Trainer trainer = Begin(path, config))
        {
            summary = Run(trainer)!;
        }

        using Transformer model = Transformer.Load(path);
        Assert.Equal(summary.HeldOutLoss, new HeldOutLoss(_corpus, 16, 4).All(model).Loss);
        Assert.Equal(!outputBias, model.Unembed.B_U.Value.ToArray().All(value => value == 0));
        Assert.Equal(
            outputBias, model.Parameters.Any(parameter => parameter.Name == "unembed.b_U"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AStoppedRunGoesOnToTheSameBitsAndTime(bool outputBias)
    {
        TransformerConfig config = TinyCorpus.Config with
        {
            Embedding = new() { OutputBias = outputBias },
        };
        using (Trainer trainer = Begin(Path.Combine(_folder, "unbroken"), config))
        {
            Run(trainer);
        }

        string path = Path.Combine(_folder, "stopped");
        TimeSpan elapsed;
        using (var cancel = new CancellationTokenSource())
        using (Trainer trainer = Begin(path, config))
        {
            Run(trainer, new Watcher(_ => cancel.Cancel()), cancel);
            elapsed = trainer.Elapsed;
        }

        CultureInfo before = CultureInfo.CurrentCulture;
        var german = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        german.NumberFormat.NumberDecimalSeparator = ",";
        german.NumberFormat.NumberGroupSeparator = ".";
        CultureInfo.CurrentCulture = german;
        try
        {
            using Trainer resumed = Resume(path);
            Assert.InRange(resumed.Elapsed, TimeSpan.Zero, elapsed);
            Run(resumed);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        AssertSameModel("unbroken", "stopped");
    }

    [Fact]
    public void AModelWithoutOutputBiasCannotPredictTheUnigram()
    {
        using Transformer model = Transformer.Initial(
            TransformerConfig.ZeroLayer(4, 3) with
            {
                Embedding = new() { OutputBias = false },
            }, seed: 1);
        var error = Assert.Throws<InvalidOperationException>(
            () => model.PredictUnigram([1, 2, 3]));
        Assert.Contains("must have an output bias", error.Message);
    }

    private Trainer Begin(string path, TransformerConfig config) => Trainer.Start(
        RunFolder.Create(path), config, _corpus, TinyCorpus.Recipe, TinyCorpus.Options);
}
