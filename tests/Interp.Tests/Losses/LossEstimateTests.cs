using Vitrine.Interp.Losses;
using Vitrine.Models.Training;

namespace Vitrine.Interp.Tests.Losses;

public class LossEstimateTests
{
    private const int End = 9;

    [Fact]
    public void Documents_are_summed_apart_and_pairs_across_them_left_out()
    {
        var model = new ByTokens();
        DocumentLosses losses = DocumentLosses.Of(model, [End, 1, 2, End, End, 3], End);
        Assert.Equal([2, 1], losses.Tokens);
        Assert.Equal([91 + 12, 93], losses.Sums);
        Assert.Equal([12.0], DocumentLosses.Of(model, [1, 2], End).Sums);
    }

    [Fact]
    public void The_mean_weighs_tokens_and_the_interval_documents()
    {
        // Means 2, 4 and 3.5 over 10, 30 and 20 tokens: L = 210 / 60; deviations 20 − 35, 120 − 105
        // and 0; t(0.975, 2).
        LossEstimate loss = LossEstimate.Of(new DocumentLosses([20, 120, 70], [10, 30, 20]));
        Assert.Equal(3.5, loss.Value, 1e-12);
        double half = 4.302652729749464 * Math.Sqrt(1.5 * ((15 * 15) + (15 * 15))) / 60;
        Assert.Equal(3.5 - half, loss.Low!.Value, 1e-10);
        Assert.Equal(3.5 + half, loss.High!.Value, 1e-10);
        Assert.Equal(60, loss.Tokens);
        Assert.Equal(Math.Exp(3.5), loss.Perplexity, 1e-10);
    }

    [Fact]
    public void A_constant_difference_has_no_spread()
    {
        var hard = new DocumentLosses([30, 5, 90], [10, 10, 20]);
        var harder = new DocumentLosses([31, 6, 92], [10, 10, 20]);
        LossEstimate difference = LossEstimate.Difference(harder, hard);
        Assert.Equal(0.1, difference.Value, 1e-12);
        Assert.Equal(0.1, difference.Low!.Value, 1e-12);
        Assert.Equal(0.1, difference.High!.Value, 1e-12);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(19)]
    public void The_interval_of_few_documents_is_that_of_training(int documents)
    {
        double[] sums = [.. Enumerable.Range(1, documents).Select(i => 3.0 * i * i)];
        int[] tokens = [.. Enumerable.Range(1, documents).Select(i => 2 * i)];
        LossEstimate loss = LossEstimate.Of(new DocumentLosses(sums, tokens));
        var trained = new HeldOutResult(
            [.. sums.Zip(tokens, (sum, count) => new DocumentLoss("", count, sum))]);
        Assert.Equal(trained.Loss, loss.Value, 1e-12);
        Assert.Equal(trained.Interval!.Value.Low, loss.Low!.Value, 1e-12);
        Assert.Equal(trained.Interval.Value.High, loss.High!.Value, 1e-12);
    }

    [Fact]
    public void One_document_has_no_interval()
    {
        LossEstimate loss = LossEstimate.Of(new DocumentLosses([6], [3]));
        Assert.Equal(2, loss.Value);
        Assert.Null(loss.Low);
        Assert.Null(loss.High);
    }

    [Fact]
    public void Different_documents_and_no_tokens_are_refused()
    {
        Assert.Throws<ArgumentException>(() => LossEstimate.Of(new DocumentLosses([], [])));
        Assert.Throws<ArgumentException>(() => LossEstimate.Difference(
            new DocumentLosses([1], [1]), new DocumentLosses([1], [2])));
    }

    private sealed class ByTokens : INextTokenModel
    {
        public double LogProbability(int first, int second) => -((10 * first) + second);
    }
}
