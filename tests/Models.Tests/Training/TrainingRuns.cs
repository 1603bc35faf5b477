using Vitrine.Models.Checkpoints;
using Vitrine.Models.Data;
using Vitrine.Models.Training;

namespace Vitrine.Models.Tests.Training;

/// <summary>Runs of the tiny corpus in a folder of their own.</summary>
public abstract class TrainingRuns : IDisposable
{
    private protected readonly string _folder =
        Directory.CreateTempSubdirectory("vitrine-").FullName;
    private protected readonly Corpus _corpus;

    protected TrainingRuns() => _corpus = TinyCorpus.Open(_folder);

    public void Dispose()
    {
        AtomicFile.Fault = null;
        _corpus.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private protected TrainingSummary? Train(
        string path, IProgress<TrainingProgress>? progress = null,
        CancellationTokenSource? stop = null,
        Recipe? recipe = null)
    {
        using Trainer trainer = Start(path, recipe);
        return Run(trainer, progress, stop);
    }

    private protected static TrainingSummary? Run(
        Trainer trainer, IProgress<TrainingProgress>? progress = null,
        CancellationTokenSource? stop = null) =>
        trainer.Run(progress, stop?.Token ?? TestContext.Current.CancellationToken);

    private protected Trainer Start(string path, Recipe? recipe = null) => Trainer.Start(
        RunFolder.Create(path), TinyCorpus.Config, _corpus, recipe ?? TinyCorpus.Recipe,
        TinyCorpus.Options);

    private protected Trainer Resume(string path) =>
        Trainer.Resume(RunFolder.Resume(path), _corpus, TinyCorpus.Options);

    private protected void AssertSameModel(string expected, string actual) => Assert.Equal(
        File.ReadAllBytes(Path.Combine(_folder, expected, RunFolder.ModelFile)),
        File.ReadAllBytes(Path.Combine(_folder, actual, RunFolder.ModelFile)));

    private protected sealed class Watcher(Action<TrainingProgress> watch)
        : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => watch(value);
    }
}
