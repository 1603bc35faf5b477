using Vitrine.Tensors;

namespace Vitrine.Interp.Bigrams;

/// <summary>A token that follows.</summary>
/// <param name="Id">The token.</param>
/// <param name="Probability">The model's probability.</param>
/// <param name="Frequency">Its share among the tokens that follow in the training text.</param>
/// <param name="Count">How often it follows there.</param>
public sealed record NextRow(int Id, double Probability, double Frequency, int Count);

/// <summary>A token that predicts.</summary>
/// <param name="Id">The input token.</param>
/// <param name="Logit">The model's logit for the predicted token after it.</param>
/// <param name="Probability">The model's probability of the predicted token after it.</param>
/// <param name="Lift">Probability divided by the predicted token's share of the training text; null
/// if it never occurs there.</param>
/// <param name="CorpusLift">Frequency divided by the same share; null if either token has no
/// count.</param>
/// <param name="Count">How often the pair occurs in the training text.</param>
public sealed record PreviousRow(
    int Id, double Logit, double Probability, double? Lift, double? CorpusLift, int Count);

/// <summary>How the inputs that predict a token are ranked.</summary>
public enum PreviousOrder
{
    /// <summary>Probability divided by the token's unigram probability. For one predicted token
    /// this gives the order of <see cref="Probability"/>: the unigram probability is the same for
    /// all rows. It measures the effect of the input and can be compared between tokens.</summary>
    Lift,

    /// <summary>The model's probability.</summary>
    Probability,

    /// <summary>The raw logit. It favours rare inputs, whose rows are long or poorly determined and
    /// whose other logits may be just as large: it is not normalised by the input's other
    /// predictions.</summary>
    Logit,
}

/// <summary>What follows a token, and what predicts it, in the model and in the training
/// text.</summary>
/// <param name="Token">The token.</param>
/// <param name="Next">What follows it, by falling probability.</param>
/// <param name="Previous">What predicts it, by the chosen order.</param>
/// <param name="InputsLeftOut">How many inputs were left out of <paramref name="Previous"/> because
/// nothing follows them in the training text.</param>
public sealed record BigramTable(
    int Token, IReadOnlyList<NextRow> Next, IReadOnlyList<PreviousRow> Previous, int InputsLeftOut)
    : Analysis(
        "bigrams",
        "What follows it, what predicts it, and does this match the text?",
        "probability",
        "softmax(norm(W_E[token]) W_U + b_U) over the whole vocabulary, from the float32 weights, "
        + "with the final norm if there is one; position embeddings are left out. Compared with "
        + "relative frequencies of pairs within one training document.");

/// <summary>Reads <see cref="BigramTable"/>s from a 0-layer model's weights.</summary>
/// <param name="path">The weights.</param>
/// <param name="counts">Pairs of the training text.</param>
/// <param name="logSumExp"><see cref="DirectPath.LogSumExp"/>, <c>[vocab]</c>; NaN for inputs that
/// were not computed.</param>
public sealed class BigramTables(DirectPath path, BigramCounts counts, float[] logSumExp)
{
    /// <summary>The weights.</summary>
    public DirectPath Path { get; } = path.Vocabulary == counts.Vocabulary
        && logSumExp.Length == counts.Vocabulary
        ? path
        : throw new ShapeException(
            "BigramTables: weights, counts and normalisers must have one vocabulary; got "
            + $"{path.Vocabulary}, {counts.Vocabulary} and {logSumExp.Length}.");

    /// <summary>Both tables of a token. The residual is the difference from 1 of the sum of the
    /// model's next-token probabilities over the whole vocabulary.</summary>
    /// <param name="token">The token.</param>
    /// <param name="top">Rows in each table.</param>
    /// <param name="order">The order of the inputs.</param>
    /// <param name="unseenInputs">Whether inputs that never occur in the training text are ranked
    /// too; this requires their normaliser.</param>
    public BigramTable Of(
        int token, int top = 10, PreviousOrder order = PreviousOrder.Lift,
        bool unseenInputs = false)
    {
        (IReadOnlyList<NextRow> next, double residual) = Next(token, top);
        (IReadOnlyList<PreviousRow> previous, int leftOut) =
            Previous(token, top, order, unseenInputs);
        return new BigramTable(token, next, previous, leftOut) { Residual = residual };
    }

    /// <summary>What follows a token: the likeliest tokens, and the difference from 1 of the sum of
    /// all probabilities.</summary>
    public (IReadOnlyList<NextRow> Rows, double Residual) Next(int token, int top)
    {
        float[] logits = Path.Row(token);
        double normaliser = float.IsNaN(logSumExp[token]) ? DoubleSum.LogSumExp(logits)
            : logSumExp[token];
        double sum = 0;
        foreach (float logit in logits)
        {
            sum += Math.Exp(logit - normaliser);
        }

        int[] ids = TopSelection.Of<float>(logits, top);
        var rows = new NextRow[ids.Length];
        for (int i = 0; i < ids.Length; i++)
        {
            rows[i] = new NextRow(
                ids[i], Math.Exp(logits[ids[i]] - normaliser), counts.Frequency(token, ids[i]),
                counts.Count(token, ids[i]));
        }

        return (rows, Math.Abs(sum - 1));
    }

    /// <summary>What predicts a token: the best inputs, and how many inputs were left
    /// out.</summary>
    public (IReadOnlyList<PreviousRow> Rows, int LeftOut) Previous(
        int token, int top, PreviousOrder order = PreviousOrder.Lift, bool unseenInputs = false)
    {
        float[] logits = Path.Column(token);
        var best = new TopSelection<int>(top);
        int leftOut = 0;
        for (int input = 0; input < logits.Length; input++)
        {
            if (float.IsNaN(logSumExp[input]) || (!unseenInputs && counts.FirstCounts[input] == 0))
            {
                leftOut++;
                continue;
            }

            best.Offer(input, order == PreviousOrder.Logit ? logits[input]
                : logits[input] - (double)logSumExp[input]);
        }

        double unigram = counts.UnigramFrequency(token);
        int[] ids = best.Descending();
        var rows = new PreviousRow[ids.Length];
        for (int i = 0; i < ids.Length; i++)
        {
            double probability = Math.Exp(logits[ids[i]] - (double)logSumExp[ids[i]]);
            rows[i] = new PreviousRow(
                ids[i], logits[ids[i]], probability, unigram > 0 ? probability / unigram : null,
                counts.Lift(ids[i], token), counts.Count(ids[i], token));
        }

        return (rows, leftOut);
    }
}
