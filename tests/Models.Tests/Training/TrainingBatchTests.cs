using Vitrine.Models.Data;
using Vitrine.Models.Training;

namespace Vitrine.Models.Tests.Training;

public sealed class TrainingBatchTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vitrine-").FullName;
    private readonly Corpus _corpus;

    public TrainingBatchTests() => _corpus = TinyCorpus.Open(_folder);

    public void Dispose()
    {
        _corpus.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void TargetsAreTheTokensBehindTheInputs()
    {
        using var batch = new TrainingBatch(_corpus, TinyCorpus.Recipe);
        for (int step = 0; step < 50; step++)
        {
            batch.Fill(step);
            for (int b = 0; b < 4; b++)
            {
                int[] window = [.. batch.Tokens.Select(0, b).ToArray(), batch.Targets[b, -1]];
                Assert.True(_corpus.Train.IndexOf(window) >= 0);
                Assert.Equal(window[1..], batch.Targets.Select(0, b).ToArray());
            }
        }
    }

    [Fact]
    public void AStepFollowsFromTheSeedAndItsNumberAlone()
    {
        using var walked = new TrainingBatch(_corpus, TinyCorpus.Recipe);
        using var jumped = new TrainingBatch(_corpus, TinyCorpus.Recipe);
        using var other = new TrainingBatch(_corpus, TinyCorpus.Recipe with { Seed = 6 });
        for (int step = 0; step <= 40; step++)
        {
            walked.Fill(step);
        }

        jumped.Fill(40);
        other.Fill(40);
        Assert.Equal(walked.Tokens.ToArray(), jumped.Tokens.ToArray());
        Assert.NotEqual(walked.Tokens.ToArray(), other.Tokens.ToArray());
    }

    [Fact]
    public void ATargetThatBeginsADocumentHasNoWeight()
    {
        // No document is as long as the context, so that windows span documents.
        int endOfText = _corpus.Tokenizer.EndOfText;
        int context = _corpus.TrainDocuments.Max(document => document.Length) + 5;
        using var batch = new TrainingBatch(
            _corpus, TinyCorpus.Recipe with { Context = context, BatchSize = 3 });
        batch.Fill(0);
        int[] targets = batch.Targets.ToArray();
        int counted = targets.Count(target => target != endOfText);
        Assert.InRange(counted, 1, targets.Length - 1);
        Assert.Equal(
            targets.Select(target => target == endOfText ? 0 : 1f / counted),
            batch.Weights.ToArray());
    }
}
