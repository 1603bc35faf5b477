using Vitrine.Interp.Bigrams;
using Vitrine.Models;
using Vitrine.Models.Data;
using Vitrine.Models.Training;

namespace Vitrine.Interp.Losses;

/// <summary>How good a model is on held-out text, compared with two counting models and, if given,
/// a 0-layer model.</summary>
/// <param name="HeldOut">The model.</param>
/// <param name="UnigramHeldOut">The unigram model.</param>
/// <param name="BigramHeldOut">The interpolated Kneser–Ney bigram.</param>
/// <param name="AboveBigram">Model minus bigram, paired by document.</param>
/// <param name="ZeroLayer">The 0-layer model; null for none.</param>
/// <param name="GainOverZeroLayer">0-layer model minus model, paired by document; null for
/// none.</param>
public sealed record HeldOutComparison(
    LossEstimate HeldOut, LossEstimate UnigramHeldOut, LossEstimate BigramHeldOut,
    LossEstimate AboveBigram, LossEstimate? ZeroLayer, LossEstimate? GainOverZeroLayer)
    : Analysis(
        "loss",
        "How good is it?",
        "nats per token",
        "Mean −ln p over every held-out token that has a predecessor in its document, in adjacent "
        + "windows of the model's context; intervals are 95% over documents, of differences paired "
        + "by document.")
{
    private const int TokensAtOnce = 2048;

    /// <summary>Measures a model.</summary>
    /// <param name="model">The model; borrowed.</param>
    /// <param name="corpus">The text it was trained on.</param>
    /// <param name="counts">The pairs of its training part.</param>
    /// <param name="zeroLayer">A 0-layer model of the same vocabulary; null for none.</param>
    public static HeldOutComparison Of(
        Transformer model, Corpus corpus, BigramCounts counts, Transformer? zeroLayer)
    {
        int endOfText = corpus.Tokenizer.EndOfText;
        DocumentLosses bigram =
            DocumentLosses.Of(new KneserNeyBigram(counts), corpus.HeldOut, endOfText);
        DocumentLosses unigram =
            DocumentLosses.Of(new UnigramModel(counts), corpus.HeldOut, endOfText);
        DocumentLosses own = Losses(model, corpus);
        DocumentLosses? zero = zeroLayer is null ? null : Losses(zeroLayer, corpus);
        LossEstimate bigramLoss = LossEstimate.Of(bigram);
        return new HeldOutComparison(
            LossEstimate.Of(own),
            LossEstimate.Of(unigram),
            bigramLoss,
            LossEstimate.Difference(own, bigram),
            zero is null ? null : LossEstimate.Of(zero),
            zero is null ? null : LossEstimate.Difference(zero, own))
        {
            Baseline = bigramLoss.Value,
        };
    }

    /// <summary>The losses of a model on the held-out documents.</summary>
    /// <param name="model">The model; borrowed.</param>
    /// <param name="corpus">The text in its tokens.</param>
    internal static DocumentLosses Losses(Transformer model, Corpus corpus)
    {
        int context = Math.Max(1, model.Config.Context);
        HeldOutResult result =
            new HeldOutLoss(corpus, context, Math.Max(1, TokensAtOnce / context)).All(model);
        DocumentLoss[] documents = [.. result.Documents.Where(document => document.Tokens > 0)];
        return new DocumentLosses(
            [.. documents.Select(document => document.TotalLoss)],
            [.. documents.Select(document => document.Tokens)]);
    }
}
