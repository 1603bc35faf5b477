using Vitrine.Interp.Bigrams;
using Vitrine.Interp.Induction;
using Vitrine.Models.Data;

namespace Vitrine.Interp.Tests.Induction;

public sealed class InductionRewardTests : IDisposable
{
    private const int Words = 30;
    private readonly string _folder = Directory.CreateTempSubdirectory("vitrine-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void ATextThatRepeatsItselfRewardsMatchingBeyondCopying()
    {
        InductionReward reward = Measure(copies: 3, context: 128);

        // Three copies: all of the second and third are matched, and followed alike.
        Assert.InRange(reward.Matched, 0.6, 0.75);
        Assert.InRange(reward.Followed, 0.6, reward.Matched);
        Assert.InRange(reward.Gain, 0.5, 3);
        Assert.True(reward.Copying < reward.Bigram - 0.1);
        Assert.True(reward.Induction < reward.Copying);
    }

    [Fact]
    public void ATextOfIndependentWordsRewardsNothing()
    {
        InductionReward reward = Measure(copies: 1, context: 128);
        Assert.Equal(0, reward.Followed, 2);
        Assert.InRange(reward.Gain, -0.05, 0.05);
    }

    [Fact]
    public void WindowsShorterThanTheRepetitionSeeNoneOfIt() =>
        Assert.InRange(Measure(copies: 3, context: 16).Gain, -0.05, 0.05);

    [Fact]
    public void AContextOfOneTokenIsRefused()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => Measure(2, context: 1));
        Assert.Contains("at least 2 tokens", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Documents of words drawn from 600, each all its words so many times.</summary>
    private InductionReward Measure(int copies, int context)
    {
        var random = new Random(7);
        string path = Path.Combine(_folder, "text.txt");
        IEnumerable<string> documents = Enumerable.Range(0, 120).Select(_ =>
        {
            string[] words = [.. Enumerable.Range(0, Words).Select(_ => Word(random.Next(600)))];
            return string.Concat(Enumerable.Repeat(string.Concat(words), copies));
        });
        File.WriteAllText(path, string.Join("<|endoftext|>", documents));
        using Corpus corpus = Corpus.FromText(path);
        BigramCounts counts = BigramCounts.Of(
            corpus.Train, corpus.Tokenizer.EndOfText, corpus.Tokenizer.VocabularySize);
        return InductionReward.Of(corpus, counts, context);

        // A blank and three digits are one token.
        static string Word(int number) =>
            " " + (100 + number).ToString(System.Globalization.CultureInfo.InvariantCulture);
    }
}
