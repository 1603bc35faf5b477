using Vitrine.Interp.Bigrams;
using Vitrine.Interp.Losses;
using Vitrine.Models.Data;

namespace Vitrine.Interp.Tests.Losses;

public class ModelsOfCountsTests
{
    private const int End = 4;
    private static readonly int[] Stream = [End, 0, 1, 0, 1, 2, End, 1, 1];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Probabilities_sum_to_one_after_every_token(int seed)
    {
        const int Vocabulary = 41;
        var counts =
            BigramCounts.Of(Samples.Stream(seed, 4, Vocabulary), Vocabulary - 1, Vocabulary);
        var bigram = new KneserNeyBigram(counts);
        var unigram = new UnigramModel(counts);
        Assert.Contains(0, counts.FirstCounts.ToArray());
        for (int first = 0; first < Vocabulary; first++)
        {
            double sum = 0;
            double sumUnigram = 0;
            for (int second = 0; second < Vocabulary; second++)
            {
                Assert.True(bigram.Probability(first, second) > 0);
                sum += bigram.Probability(first, second);
                sumUnigram += Math.Exp(unigram.LogProbability(first, second));
            }

            Assert.Equal(1, sum, 1e-12);
            Assert.Equal(1, sumUnigram, 1e-12);
        }
    }

    [Fact]
    public void Kneser_Ney_is_the_formula_by_hand()
    {
        // Different pairs: (4,0) (4,1) (0,1) (1,0) (1,1) (1,2): 6. Contexts: of 0 two, of 1 three,
        // of 2 one.
        var bigram = new KneserNeyBigram(BigramCounts.Of(Stream, End, 5));
        double uniform = 0.75 * 3 / 6 / 5;
        Assert.Equal((2.25 / 6) + uniform, bigram.Continuation(1), 1e-15);
        Assert.Equal((0.25 / 6) + uniform, bigram.Continuation(2), 1e-15);
        Assert.Equal(uniform, bigram.Continuation(3), 1e-15);
        // After 0 come two pairs, both (0,1): one kind of follower.
        Assert.Equal((1.25 + (0.75 * bigram.Continuation(1))) / 2, bigram.Probability(0, 1), 1e-15);
        Assert.Equal(0.75 * bigram.Continuation(2) / 2, bigram.Probability(0, 2), 1e-15);
        // After 1 come three pairs of three kinds.
        Assert.Equal(
            (0.25 + (0.75 * 3 * bigram.Continuation(2))) / 3, bigram.Probability(1, 2), 1e-15);
        // 2 never begins a pair.
        Assert.Equal(bigram.Continuation(0), bigram.Probability(2, 0), 1e-15);
        Assert.Equal(Math.Log(bigram.Probability(1, 2)), bigram.LogProbability(1, 2), 1e-15);
    }

    [Fact]
    public void The_unigram_model_adds_one_to_every_count()
    {
        var unigram = new UnigramModel(BigramCounts.Of(Stream, End, 5));
        Assert.Equal(Math.Log(5.0 / 12), unigram.LogProbability(0, 1), 1e-15);
        Assert.Equal(Math.Log(1.0 / 12), unigram.LogProbability(2, 3), 1e-15);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void A_discount_out_of_range_is_refused(double discount) =>
        Assert.Throws<ArgumentException>(
            () => new KneserNeyBigram(BigramCounts.Of(Stream, End, 5), discount));

    [Fact]
    public void A_text_without_pairs_is_refused() =>
        Assert.Throws<ArgumentException>(() => new KneserNeyBigram(BigramCounts.Of([End], End, 5)));

    [Fact]
    public void The_shipped_text_has_the_yardsticks_that_are_documented()
    {
        using var corpus = Corpus.StateOfTheUnion();
        int end = corpus.Tokenizer.EndOfText;
        var counts = BigramCounts.Of(corpus.Train, end, corpus.Tokenizer.VocabularySize);
        Assert.Equal(1_906_286, counts.Pairs);
        LossEstimate unigram =
            LossEstimate.Of(DocumentLosses.Of(new UnigramModel(counts), corpus.HeldOut, end));
        LossEstimate bigram =
            LossEstimate.Of(DocumentLosses.Of(new KneserNeyBigram(counts), corpus.HeldOut, end));
        Assert.Equal(167_769, bigram.Tokens);
        Assert.Equal(19, bigram.Documents);
        Assert.Equal(6.71, unigram.Value, 0.005);
        Assert.Equal(5.04, bigram.Value, 0.005);
        Assert.InRange(bigram.Value, bigram.Low!.Value, bigram.High!.Value);

        int[] telling = CollocationHeads.Of(counts, corpus.Tokenizer.Classes(), 6);
        Assert.Equal(
            [" United", " fiscal", " Great", " per", " last", " years"],
            telling.Select(corpus.Tokenizer.Text));
        IReadOnlyList<Bigram> frequent = counts.MostFrequent(1000);
        int inTopFive = frequent.Count(pair => 5 > counts.Following.CountsOf(pair.First).ToArray()
            .Count(other => other > pair.Count));
        Assert.Equal(0.54, inTopFive / 1000.0, 0.01);
    }
}
