namespace Vitrine.Interp.Circuits;

/// <summary>A skip-trigram with what the text and the models say about it.</summary>
/// <param name="Source">The token that is attended to.</param>
/// <param name="Destination">The token that attends.</param>
/// <param name="Out">The token that is raised.</param>
/// <param name="Score">The attention score above that of an average token, in nats; of those that
/// the training text has often, with what the source's distance adds there.</param>
/// <param name="Effect">What attending to the source adds to the out token's logit, above what an
/// average token adds; of those that the training text has often, above what the destination writes
/// of itself.</param>
/// <param name="Count">How often it occurs in the training text; null without one.</param>
/// <param name="HeldOut">How often it occurs in the held-out text; null without one.</param>
/// <param name="Loss">The model's mean loss on the out token at its places in the held-out text, in
/// nats; null where there is none.</param>
/// <param name="LossZero">The 0-layer model's loss there; null without such a model.</param>
/// <param name="Copy">Whether the out token is the source, or the same word but for a leading space
/// or capitals.</param>
/// <param name="Bug">Whether the factored form forces it though the text never has it.</param>
/// <param name="Because">Of a bug, the out token that the destination does predict after the
/// source, and the destination that the out token does follow; else null.</param>
public sealed record SkipTrigramRow(
    int Source, int Destination, int Out, double Score, double Effect, int? Count, int? HeldOut,
    double? Loss, double? LossZero, bool Copy, bool Bug, IReadOnlyList<int>? Because);

/// <summary>What looking at one token from another writes: the skip-trigrams of a head.</summary>
/// <remarks>
/// <code>strength(s, d, o) = (QK[d, s] − Σₜ u[t] QK[d, t]) · (OV[s, o] − … )</code>
/// with QK and OV of <see cref="HeadCircuits.AgainstAverage"/>, both factors positive. Where a text
/// has the skip-trigram, they are those of <see cref="SkipTrigramScores.InText"/>: the score with
/// what the head gives to the distance of the source, on the mean of its places, since a head that
/// looks at neighbours alone does not see a far source; the effect less what the destination writes
/// of itself. A term of the
/// sum that the model is, not a rule that it follows: what else is in the context competes for the
/// attention, and the direct path and other heads have their own say. Elhage et al. (2021),
/// "Interpretation as skip-trigrams".
/// </remarks>
/// <param name="Head">The head, <c>layer.index</c>.</param>
/// <param name="Rows">By falling strength: the strongest of all, the strongest that the text has,
/// those that copy, and the bugs.</param>
/// <param name="Searched">Among how many tokens all triples were searched.</param>
/// <param name="LeftOut">How many tokens of the vocabulary were left out.</param>
/// <param name="MinCount">The count below which tokens were left out.</param>
/// <param name="Window">How far back a source may stand, the destination counted.</param>
public sealed record SkipTrigramTable(
    string Head, IReadOnlyList<SkipTrigramRow> Rows, int Searched, int LeftOut, int MinCount,
    int Window)
    : Analysis(
        "skip-trigrams",
        "What does attending there write?",
        "logits",
        "Ranked by score × effect, both relative to the average token of the text: the attention "
        + "score QK[destination, source] minus its mean over sources, and OV[source, out] minus "
        + "its means over outputs and over sources, with averages weighted by token frequency. "
        + "Where it occurs in the training text, the score includes the source's distance, and the "
        + "head's effect from the destination itself is subtracted. At most three rows per source. "
        + "Counted where the source is anywhere before the destination in its document and the "
        + "context, and out follows; losses in nats at such places in the held-out text. A bug: "
        + "both halves occur with the source, but the pair never does.");

/// <summary>How much of each kind a <see cref="SkipTrigramTable"/> shows.</summary>
internal sealed record SkipTrigramOptions
{
    /// <summary>Rows of the strongest of all triples, and as many of those that the text
    /// has.</summary>
    public int Rows { get; init; } = 20;

    /// <summary>The most rows of one source, of each kind.</summary>
    public int PerSource { get; init; } = 3;

    /// <summary>Rows of those that copy, and of bugs.</summary>
    public int Examples { get; init; } = 10;

    /// <summary>How often the training text must have one that "occurs".</summary>
    public int MinOccurrences { get; init; } = 5;

    /// <summary>At how many places of the held-out text a loss is measured at most, spread
    /// evenly.</summary>
    public int LossPlaces { get; init; } = 64;
}
