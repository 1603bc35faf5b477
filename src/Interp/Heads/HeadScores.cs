using System.Text.Json.Serialization;
using Vitrine.Models;

namespace Vitrine.Interp.Heads;

/// <summary>What every head attends to on some sequences, as scores with their spread over
/// sequences.</summary>
/// <param name="Sample">What the sequences are: <c>repeats</c> or <c>text</c>.</param>
/// <param name="Sequences">How many.</param>
/// <param name="Positions">The tokens of each.</param>
/// <param name="Scores">The scores, each for every head.</param>
/// <param name="LossByPosition">−ln p of the token after each position but the last, the mean over
/// sequences, in nats, <c>[pos − 1]</c>.</param>
/// <remarks>All scores but copying are mean attention
/// (<see cref="DetectionPattern.MeanAttention"/>): how much of its attention a query gives to the
/// keys in question, over the queries that have any. Olsson et al. (2022), "In-context Learning and
/// Induction Heads", and the head detector of TransformerLens.</remarks>
public sealed record HeadScores(
    string Sample, int Sequences, int Positions, IReadOnlyList<HeadScore> Scores,
    double[] LossByPosition)
    : Analysis(
        "head-scores",
        "What does each head attend to?",
        "share of attention",
        "Mean attention to the keys that a head of the kind would attend to, over the queries that "
        + "have such keys; ± is the standard deviation over sequences.")
{
    /// <summary>The name of the sample of repeated random tokens.</summary>
    public const string RepeatsSample = "repeats";

    /// <summary>The name of the sample of natural text.</summary>
    public const string TextSample = "text";

    /// <summary>The scores measured on both repeats and text.</summary>
    private static readonly Detector[] OnBoth =
    [
        new(HeadScoreNames.PreviousToken, row => DetectionPattern.PreviousToken(row)),
        new(HeadScoreNames.DuplicateToken, row => DetectionPattern.DuplicateToken(row)),
        new(HeadScoreNames.FirstToken, row => DetectionPattern.FirstToken(row)),
        new(HeadScoreNames.CurrentToken, row => DetectionPattern.CurrentToken(row)),
    ];

    /// <summary>How many types random tokens were drawn from; null on text, or if
    /// unknown.</summary>
    public int? Types { get; init; }

    /// <summary>The gain on a second copy; null on text.</summary>
    public RepeatLoss? Repeats { get; init; }

    /// <summary>How much earlier tokens help; null on repeats.</summary>
    public InContextScore? InContext { get; init; }

    /// <summary>A score by its name.</summary>
    /// <exception cref="KeyNotFoundException">It was not measured.</exception>
    [JsonIgnore]
    public HeadScore this[string name] => Scores.FirstOrDefault(score => score.Name == name)
        ?? throw new KeyNotFoundException(
            $"HeadScores: there is no score '{name}' on {Sample}; there are "
            + $"{string.Join(", ", Scores.Select(score => score.Name))}.");

    /// <summary>Scores on repeated random tokens: prefix matching, previous, duplicate, first and
    /// current token, copying, and the loss in both copies.</summary>
    /// <remarks>One forward pass without storing logits; four sequences of 101 tokens take a
    /// fraction of a second with a vocabulary of 50,257, so a training display can measure every
    /// few steps.</remarks>
    /// <param name="model">A model with attention layers; borrowed.</param>
    /// <param name="tokens">The sequences.</param>
    /// <param name="copying">Whether the copying score is measured too.</param>
    /// <param name="cancellation">Checked between batches.</param>
    /// <exception cref="ArgumentException">The model has no attention layers, or the sequences are
    /// longer than its context.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static HeadScores OnRepeatedTokens(
        Transformer model, RepeatedTokens tokens, bool copying = true,
        CancellationToken cancellation = default)
    {
        var pass = new HeadPass(
            model,
            [
                new(HeadScoreNames.PrefixMatching, row => DetectionPattern.LatestInduction(row)),
                .. OnBoth,
            ],
            copying);
        pass.Run(tokens.Sequences, cancellation);
        return Of(RepeatsSample, pass, tokens.Positions) with
        {
            Types = tokens.Types,
            Repeats = RepeatLoss.Of(pass.Losses, tokens),
        };
    }

    /// <summary>Scores on natural text: induction, previous, duplicate, first and current token,
    /// and the in-context-learning score. A kind for which no query of a sequence has keys is left
    /// out of that sequence.</summary>
    /// <param name="model">A model with attention layers; borrowed.</param>
    /// <param name="sequences">Pieces of text of the same length, such as
    /// <see cref="TextWindows.Of"/>.</param>
    /// <param name="cancellation">Checked between batches.</param>
    /// <inheritdoc cref="OnRepeatedTokens" path="/exception"/>
    public static HeadScores OnText(
        Transformer model, IReadOnlyList<int[]> sequences, CancellationToken cancellation = default)
    {
        var pass = new HeadPass(
            model,
            [new(HeadScoreNames.Induction, row => DetectionPattern.Induction(row)), .. OnBoth],
            copying: false);
        pass.Run(sequences, cancellation);
        return Of(TextSample, pass, sequences[0].Length) with
        {
            InContext = InContextScore.Of(pass.Losses),
        };
    }

    private static HeadScores Of(string sample, HeadPass pass, int positions) => new(
        sample,
        pass.Losses.Count,
        positions,
        pass.Scores(),
        [.. Enumerable.Range(0, positions - 1).Select(
            i => pass.Losses.Average(row => (double)row[i]))]);
}
