namespace Vitrine.Interp.Circuits;

/// <summary>A token and a value of a circuit.</summary>
/// <param name="Id">The token.</param>
/// <param name="Value">The score or logit, relative to the average token.</param>
internal sealed record TokenValue(int Id, double Value);

/// <summary>One token in a head's circuits: what it attends to, what attends to it, and what
/// attending to it writes.</summary>
/// <param name="Head">The head, <c>layer.index</c>.</param>
/// <param name="Token">The token.</param>
/// <param name="AttendsTo">The sources that it attends to most: the row of QK.</param>
/// <param name="AttendedBy">The destinations that attend to it most: the column of QK.</param>
/// <param name="Raises">The tokens whose logits attending to it raises most: the row of OV.</param>
/// <param name="Lowers">The tokens that it lowers most, the lowest first.</param>
/// <param name="WrittenBy">The sources that raise it most: the column of OV.</param>
/// <param name="LeftOut">How many tokens of the vocabulary were left out.</param>
/// <param name="MinCount">The count below which tokens were left out.</param>
internal sealed record TokenCircuit(
    string Head, int Token, IReadOnlyList<TokenValue> AttendsTo,
    IReadOnlyList<TokenValue> AttendedBy,
    IReadOnlyList<TokenValue> Raises, IReadOnlyList<TokenValue> Lowers,
    IReadOnlyList<TokenValue> WrittenBy, int LeftOut, int MinCount)
    : Analysis(
        "token-circuit",
        "What does it attend to, and what does attending to it write?",
        "nats of attention score, logits",
        "Rows and columns of QK and OV relative to the average token of the text: minus the mean "
        + "over sources, and for OV also minus the mean over outputs, with averages weighted by "
        + "token frequency.")
{
    /// <summary>Reads a token.</summary>
    /// <param name="scores">The head.</param>
    /// <param name="tokens">The tokens that are listed.</param>
    /// <param name="token">The token.</param>
    /// <param name="top">Rows in each list.</param>
    public static TokenCircuit Of(
        SkipTrigramScores scores, TokenSubset tokens, int token, int top = 10)
    {
        HeadCircuits circuits = scores.Circuits;
        float[] raises = circuits.OV.Row(token);
        return new TokenCircuit(
            scores.Head.ToString(),
            token,
            Best(circuits.QK.Row(token), tokens, top),
            Best(circuits.QK.Column(token), tokens, top),
            Best(raises, tokens, top),
            Best(raises, tokens, top, sign: -1),
            Best(circuits.OV.Column(token), tokens, top),
            tokens.LeftOut,
            tokens.MinCount);
    }

    private static TokenValue[] Best(float[] values, TokenSubset tokens, int top, int sign = 1)
    {
        var best = new TopSelection<int>(Math.Min(top, tokens.Ids.Length));
        foreach (int id in tokens.Ids)
        {
            best.Offer(id, sign * (double)values[id]);
        }

        return [.. best.Descending().Select(id => new TokenValue(id, values[id]))];
    }
}
