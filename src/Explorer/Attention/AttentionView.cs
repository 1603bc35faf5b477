namespace Vitrine.Explorer;

/// <summary>The data of <c>vt-attention</c>, <c>vt-attention-text</c>, <c>vt-attention-map</c> and
/// <c>vt-head-grid</c>: where heads look, on passages.</summary>
internal sealed record AttentionView
{
    /// <summary>The passages, with at least one token each; every one has all heads.</summary>
    public required IReadOnlyList<AttentionPassage> Passages { get; init; }

    /// <summary>What is shown before anything is chosen: what the finding speaks of.</summary>
    public AttentionOpening? Initial { get; init; }

    /// <summary>The kind of each head that has one: <c>1.2</c> → <c>induction</c>.</summary>
    public IReadOnlyDictionary<string, string>? Kinds { get; init; }

    /// <summary>Scores by name, each for every head: <c>prefix matching</c> → <c>1.2</c> →
    /// 0.78.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>>? Scores { get; init; }

    /// <summary>The passages at checkpoints, rising by step, for the shared slider; the last stands
    /// for <see cref="Passages"/>. Null where there is one checkpoint.</summary>
    public IReadOnlyList<AttentionCheckpoint>? Timeline { get; init; }
}

/// <summary>Where heads look on one passage.</summary>
internal sealed record AttentionPassage
{
    /// <summary>A stable name: <c>3</c>, <c>random-repeats</c>. Letters, digits, dots, hyphens; it
    /// is part of addresses.</summary>
    public required string Name { get; init; }

    /// <summary>The tokens, <c>[position]</c>.</summary>
    public required IReadOnlyList<int> Tokens { get; init; }

    /// <summary>The measures: <c>weight</c> (needed), <c>weighted</c> ‖α f(x)‖ by head, and by
    /// layer <c>allHeads</c> ‖Σ_h α f(x)‖, <c>residual</c>, <c>norm</c>.</summary>
    public required IReadOnlyDictionary<string, PackedPatterns> Measures { get; init; }

    /// <summary>Scores before the softmax, by head.</summary>
    public PackedPatterns? Scores { get; init; }

    /// <summary>Mixing ratios: measure → head or layer → <c>[position]</c>.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, float[]>>? Mixing { get; init; }

    /// <summary>Measures that do not exist here, with the reason: <c>norm</c> → <c>no norm
    /// follows</c>.</summary>
    public IReadOnlyDictionary<string, string>? Unavailable { get; init; }

    /// <summary>What the model predicts at positions.</summary>
    public IReadOnlyList<PositionPredictions>? Predictions { get; init; }

    /// <summary>How far a row of weights is from 1 at most.</summary>
    public double? RowSumError { get; init; }
}

/// <summary>What the model predicts after a position.</summary>
/// <param name="Position">The position.</param>
/// <param name="Top">The likeliest tokens, best first.</param>
internal sealed record PositionPredictions(int Position, IReadOnlyList<PredictedToken> Top);

/// <summary>A token with its logit and probability.</summary>
/// <param name="Id">The token.</param>
/// <param name="Logit">Its logit, nats.</param>
/// <param name="Probability">Its probability.</param>
internal sealed record PredictedToken(int Id, double Logit, double Probability);

/// <summary>What an attention view shows before anything is chosen.</summary>
/// <param name="Passage">The passage's name.</param>
/// <param name="Head">The head: <c>1.2</c>.</param>
/// <param name="Query">The query's position.</param>
/// <param name="Key">The key's position.</param>
internal sealed record AttentionOpening(
    string? Passage = null,
    string? Head = null,
    int? Query = null,
    int? Key = null
);

/// <summary>An attention view at an earlier checkpoint.</summary>
/// <param name="Step">The optimiser step.</param>
/// <param name="Passages">The passages, named as in the view.</param>
/// <param name="Kinds">The kinds of the heads then.</param>
/// <param name="Scores">Their scores then.</param>
internal sealed record AttentionCheckpoint(
    int Step, IReadOnlyList<AttentionPassage> Passages,
    IReadOnlyDictionary<string, string> Kinds,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> Scores);
