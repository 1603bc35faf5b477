namespace Vitrine.Interp.Circuits;

/// <summary>A skip-trigram with results from the text and the models.</summary>
/// <param name="Source">The token that is attended to.</param>
/// <param name="Destination">The token that attends.</param>
/// <param name="Out">The token that is raised.</param>
/// <param name="Score">The attention score above that of an average token, in nats; for those
/// frequent in the training text, including the source's distance there.</param>
/// <param name="Effect">The contribution of attending to the source to the out token's logit, above
/// that of an average token; for those frequent in the training text, above the destination's own
/// effect.</param>
/// <param name="Count">How often it occurs in the training text; null without one.</param>
/// <param name="HeldOut">How often it occurs in the held-out text; null without one.</param>
/// <param name="Loss">The model's mean loss on the out token at its places in the held-out text, in
/// nats; null if there are none.</param>
/// <param name="LossZero">The 0-layer model's loss there; null without such a model.</param>
/// <param name="Copy">Whether the out token is the source, or the same word apart from a leading
/// space or capitals.</param>
/// <param name="Bug">Whether the factored form forces it although it never occurs in the
/// text.</param>
/// <param name="Because">For a bug, the out token that the destination predicts after the source,
/// and the destination that the out token follows; else null.</param>
public sealed record SkipTrigramRow(
    int Source, int Destination, int Out, double Score, double Effect, int? Count, int? HeldOut,
    double? Loss, double? LossZero, bool Copy, bool Bug, IReadOnlyList<int>? Because);

/// <summary>What attending from one token to another writes: the skip-trigrams of a head.</summary>
/// <remarks>
/// <code>strength(s, d, o) = (QK[d, s] − Σₜ u[t] QK[d, t]) · (OV[s, o] − … )</code>
/// with QK and OV of <see cref="HeadCircuits.AgainstAverage"/>, both factors positive. Where the
/// skip-trigram occurs in a text, they are those of <see cref="SkipTrigramScores.InText"/>: the
/// score includes the head's mean score for the distance of the source, since a head that attends
/// only to neighbours does not see a distant source; the destination's own effect is subtracted. A
/// skip-trigram is one term of the sum that makes up the model, not a rule that it follows:
/// everything else in the context competes for attention, and the direct path and other heads also
/// contribute. Elhage et al. (2021), "Interpretation as skip-trigrams". </remarks>
/// <param name="Head">The head, <c>layer.index</c>.</param>
/// <param name="Rows">By falling strength: the strongest of all, the strongest in the text, those
/// that copy, and the bugs.</param>
/// <param name="Searched">The number of tokens among which all triples were searched.</param>
/// <param name="LeftOut">How many tokens of the vocabulary were left out.</param>
/// <param name="MinCount">The count below which tokens were left out.</param>
/// <param name="Window">How far back a source may be, including the destination.</param>
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
    /// <summary>Rows of the strongest of all triples, and as many of those in the text.</summary>
    public int Rows { get; init; } = 20;

    /// <summary>The most rows of one source, of each kind.</summary>
    public int PerSource { get; init; } = 3;

    /// <summary>Rows of those that copy, and of bugs.</summary>
    public int Examples { get; init; } = 10;

    /// <summary>The minimum number of occurrences in the training text.</summary>
    public int MinOccurrences { get; init; } = 5;

    /// <summary>The maximum number of evenly spread places in the held-out text at which a loss is
    /// measured.</summary>
    public int LossPlaces { get; init; } = 64;
}
