using Vitrine.Models.Data;
using Vitrine.Models.Training;

namespace Vitrine.Models.Tests.Training;

public sealed class WindowSamplerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vitrine-").FullName;
    private readonly Corpus _corpus;

    public WindowSamplerTests() => _corpus = TinyCorpus.Open(_folder);

    public void Dispose()
    {
        _corpus.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void TargetsAreTheTokensBehindTheInputs()
    {
        using var sampler = new WindowSampler(_corpus, TinyCorpus.Recipe);
        for (int step = 0; step < 50; step++)
        {
            sampler.Fill(step);
            for (int b = 0; b < 4; b++)
            {
                int[] window = [.. sampler.Tokens.Select(0, b).ToArray(), sampler.Targets[b, -1]];
                Assert.True(_corpus.Train.IndexOf(window) >= 0);
                Assert.Equal(window[1..], sampler.Targets.Select(0, b).ToArray());
            }
        }
    }

    [Fact]
    public void NoWindowComesTwiceInARoundAndRoundsDiffer()
    {
        int windows = ((_corpus.Train.Length - 1) / 16) - 1;
        using var sampler = new WindowSampler(_corpus, TinyCorpus.Recipe with { BatchSize = 1 });
        List<int> First(int round) => [.. Enumerable.Range(round * windows, windows).Select(step =>
        {
            sampler.Fill(step);
            int[] window = [.. sampler.Tokens.ToArray(), sampler.Targets[0, -1]];
            return _corpus.Train.IndexOf(window);
        })];

        List<int> starts = First(round: 0);
        Assert.Equal(windows, starts.Distinct().Count());
        Assert.Single(starts.Select(start => start % 16).Distinct());
        Assert.NotEqual(starts, First(round: 1));
        Assert.NotEqual(starts.Order(), starts);
    }

    [Fact]
    public void AStepFollowsFromTheSeedAndItsNumberAlone()
    {
        using var walked = new WindowSampler(_corpus, TinyCorpus.Recipe);
        using var jumped = new WindowSampler(_corpus, TinyCorpus.Recipe);
        using var other = new WindowSampler(_corpus, TinyCorpus.Recipe with { Seed = 6 });
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
        int endOfText = _corpus.Tokenizer.EndOfText;
        using var sampler = new WindowSampler(_corpus, TinyCorpus.Recipe with { BatchSize = 60 });
        sampler.Fill(0);
        int[] targets = sampler.Targets.ToArray();
        int counted = targets.Count(target => target != endOfText);
        Assert.InRange(counted, 1, targets.Length - 1);
        Assert.Equal(
            targets.Select(target => target == endOfText ? 0 : 1f / counted), sampler.Weights.ToArray());
    }

    [Fact]
    public void ATextOfOneContextIsEnoughAndLessIsRefused()
    {
        int length = _corpus.Train.Length;
        using var whole = new WindowSampler(
            _corpus, TinyCorpus.Recipe with { Context = length - 1, BatchSize = 1 });
        whole.Fill(3);
        Assert.Equal(_corpus.Train[..^1], whole.Tokens.Span);
        var error = Assert.Throws<InvalidDataException>(
            () => new WindowSampler(_corpus, TinyCorpus.Recipe with { Context = length }));
        Assert.Contains($"longer than one context of {length} tokens; it has {length}", error.Message);
    }
}
