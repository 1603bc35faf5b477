using Vitrine.Models.Training;

namespace Vitrine.Interp.Losses;

/// <summary>A loss in nats per token, with its uncertainty over documents.</summary>
/// <param name="Value">The mean over all predicted tokens.</param>
/// <param name="Low">The lower end of the 95% interval; null with fewer than three
/// documents.</param>
/// <param name="High">The upper end of the 95% interval; null with fewer than three
/// documents.</param>
/// <param name="Tokens">Predicted tokens.</param>
/// <param name="Documents">Documents.</param>
public sealed record LossEstimate(
    double Value, double? Low, double? High, long Tokens, int Documents)
{
    /// <summary><c>exp(Value)</c>; for a difference of losses, the ratio of the
    /// perplexities.</summary>
    public double Perplexity => Math.Exp(Value);

    /// <summary>The mean loss over all tokens, with its interval over documents
    /// (<see cref="StudentT.Interval"/>): documents, not tokens, are independent draws.</summary>
    /// <exception cref="ArgumentException">There is no predicted token.</exception>
    internal static LossEstimate Of(DocumentLosses losses) => Of(losses.Sums, losses.Tokens);

    /// <summary>How much worse a model is than another on the same documents; the interval is that
    /// of the paired difference, in which difficulty common to both cancels.</summary>
    /// <exception cref="ArgumentException">The documents differ, or there is no predicted
    /// token.</exception>
    internal static LossEstimate Difference(DocumentLosses model, DocumentLosses other)
    {
        if (!model.Tokens.AsSpan().SequenceEqual(other.Tokens))
        {
            throw new ArgumentException(
                "LossEstimate: both losses must be for the same documents; got "
                + $"{model.Tokens.Length} and {other.Tokens.Length} with "
                + $"{model.Tokens.Sum(n => (long)n)} and {other.Tokens.Sum(n => (long)n)} "
                + "tokens.", nameof(other));
        }

        return Of([.. model.Sums.Zip(other.Sums, (a, b) => a - b)], model.Tokens);
    }

    private static LossEstimate Of(double[] sums, int[] tokens)
    {
        long total = tokens.Sum(n => (long)n);
        if (total == 0)
        {
            throw new ArgumentException("LossEstimate: needs at least one predicted token; got "
                + "none.");
        }

        (double Low, double High)? interval = StudentT.Interval(sums, tokens);
        return new LossEstimate(
            sums.Sum() / total, interval?.Low, interval?.High, total, tokens.Length);
    }
}
