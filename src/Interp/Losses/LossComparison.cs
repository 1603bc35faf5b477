namespace Vitrine.Interp.Losses;

/// <summary>How good a model is, compared with two that only count.</summary>
/// <param name="Train">The model over the whole training text.</param>
/// <param name="HeldOut">The model over the whole held-out text.</param>
/// <param name="UnigramTrain">The unigram model over the training text.</param>
/// <param name="UnigramHeldOut">The unigram model over the held-out text.</param>
/// <param name="BigramTrain">The Kneser–Ney bigram over the training text that it was fitted
/// to.</param>
/// <param name="BigramHeldOut">The Kneser–Ney bigram over the held-out text.</param>
/// <param name="AboveBigram">Model minus Kneser–Ney bigram on the held-out text, paired by
/// document.</param>
public sealed record LossComparison(
    LossEstimate Train, LossEstimate HeldOut, LossEstimate UnigramTrain,
    LossEstimate UnigramHeldOut,
    LossEstimate BigramTrain, LossEstimate BigramHeldOut, LossEstimate AboveBigram)
    : Analysis(
        "loss",
        "How good is it?",
        "nats per token",
        "Mean −ln p over every token that has a predecessor in its document; intervals are 95% "
        + "over documents. Unigram: one is added to every training count. Bigram: interpolated "
        + "Kneser–Ney with discount 0.75; its lower order counts contexts and is interpolated with "
        + "the uniform distribution. Both are fitted to the training text.")
{
    /// <summary>Model loss divided by bigram loss, minus 1.</summary>
    public double RelativeToBigram => (HeldOut.Value / BigramHeldOut.Value) - 1;

    /// <summary>Computes the losses of a model and of the two it is compared with.</summary>
    /// <param name="model">The model.</param>
    /// <param name="unigram">Fitted to the training text.</param>
    /// <param name="bigram">Fitted to the training text.</param>
    /// <param name="train">Training documents, each preceded by
    /// <paramref name="endOfText"/>.</param>
    /// <param name="heldOut">Held-out documents, likewise.</param>
    /// <param name="endOfText">The token before each document.</param>
    /// <param name="cancellation">Checked between documents.</param>
    public static LossComparison Of(
        INextTokenModel model, UnigramModel unigram, KneserNeyBigram bigram,
        ReadOnlySpan<int> train,
        ReadOnlySpan<int> heldOut, int endOfText, CancellationToken cancellation = default)
    {
        DocumentLosses modelHeldOut = DocumentLosses.Of(model, heldOut, endOfText, cancellation);
        DocumentLosses bigramHeldOut = DocumentLosses.Of(bigram, heldOut, endOfText, cancellation);
        DocumentLosses unigramHeldOut =
            DocumentLosses.Of(unigram, heldOut, endOfText, cancellation);
        return new LossComparison(
            LossEstimate.Of(DocumentLosses.Of(model, train, endOfText, cancellation)),
            LossEstimate.Of(modelHeldOut),
            LossEstimate.Of(DocumentLosses.Of(unigram, train, endOfText, cancellation)),
            LossEstimate.Of(unigramHeldOut),
            LossEstimate.Of(DocumentLosses.Of(bigram, train, endOfText, cancellation)),
            LossEstimate.Of(bigramHeldOut),
            LossEstimate.Difference(modelHeldOut, bigramHeldOut))
        {
            Baseline = LossEstimate.Of(bigramHeldOut).Value,
        };
    }
}
