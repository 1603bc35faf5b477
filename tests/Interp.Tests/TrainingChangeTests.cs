using Vitrine.Interp.Studies;
using Vitrine.Models.Data;
using Vitrine.Models.Training;

namespace Vitrine.Interp.Tests;

/// <summary>Where training data change.</summary>
public sealed class TrainingChangeTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    private static readonly Recipe Short = new(Steps: 100, Context: 4, BatchSize: 2);

    [Fact]
    public void TheSecondEpochBeginsWhenEveryWindowWasRead()
    {
        using Corpus corpus = Text(words: 401);
        TrainingChange change = Assert.Single(TrainingChange.Of(Short, corpus));
        long windows = new WindowSampler(corpus, 4, Short.Seed).WindowsPerEpoch;
        Assert.Equal((int)(windows / 2), change.Step);
        Assert.Equal("epoch 2", change.Name);
    }

    [Fact]
    public void EveryPhaseOfRepeatsButTheFirstIsAChange()
    {
        using Corpus corpus = Text(words: 4001);
        Recipe recipe = Short with
        {
            Repeats = [new(30, 1), new(40, 0.5f), new(1000, 0.15f), new(1000, 0)],
        };
        Assert.Equal(
            [new(30, "50% repeat"), new(70, "15% repeat")], TrainingChange.Of(recipe, corpus));
    }

    [Fact]
    public void RandomTokensHaveNoEpochs()
    {
        using Corpus corpus = Text(words: 401);
        Assert.Empty(TrainingChange.Of(Short with { RandomTypes = 10 }, corpus));
    }

    public void Dispose() => File.Delete(_file);

    private Corpus Text(int words)
    {
        File.WriteAllText(_file, string.Concat(Enumerable.Repeat(" the", words)));
        return Corpus.FromText(_file, Short.Context);
    }
}
