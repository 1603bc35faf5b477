using Vitrine.Interp.Heads;

namespace Vitrine.Explorer;

/// <summary>The data of <c>vt-heads</c>, the table of all heads, and of each head's page.</summary>
/// <remarks>Names of heads are <c>1.2</c>, layer and head, as keys too.</remarks>
internal sealed record HeadsView
{
    /// <summary>The heads with their scores and kinds.</summary>
    public required IReadOnlyList<HeadRow> Rows { get; init; }

    /// <summary>How scores and kinds were decided, in a sentence.</summary>
    public string? Method { get; init; }

    /// <summary>A pattern of every head on one passage, such as repeated random tokens; null for
    /// none.</summary>
    public PackedPatterns? Patterns { get; init; }

    /// <summary>What that passage is: <c>Random repeats</c>.</summary>
    public string? PatternTitle { get; init; }

    /// <summary>What chance gives, by score.</summary>
    public IReadOnlyDictionary<string, ScoreBand>? Baselines { get; init; }

    /// <summary>What else is known of a head, by its name.</summary>
    public IReadOnlyDictionary<string, HeadDetails>? Details { get; init; }

    /// <summary>Scores at checkpoints, rising by step; the last stands for <see cref="Rows"/>. Null
    /// where there is one checkpoint.</summary>
    public IReadOnlyList<HeadsCheckpoint>? Timeline { get; init; }
}

/// <summary>Where the middle 90% of chance lies.</summary>
/// <param name="Low">5% lie below.</param>
/// <param name="High">5% lie above.</param>
internal sealed record ScoreBand(double Low, double High);

/// <summary>All heads at a checkpoint.</summary>
/// <param name="Step">The optimiser step.</param>
/// <param name="Rows">The heads.</param>
/// <param name="Patterns">Their patterns then; null for none.</param>
internal sealed record HeadsCheckpoint(
    int Step,
    IReadOnlyList<HeadRow> Rows,
    PackedPatterns? Patterns = null
);

/// <summary>What is known of one head beside its scores.</summary>
internal sealed record HeadDetails
{
    /// <summary>What breaks without it; the first is shown in the table.</summary>
    public IReadOnlyList<HeadAblation>? Ablations { get; init; }

    /// <summary>Places in text, from all bands of its score, not only the best.</summary>
    public IReadOnlyList<HeadExample>? Examples { get; init; }

    /// <summary>How the examples were chosen, in a sentence.</summary>
    public string? Sampled { get; init; }

    /// <summary>What attending to tokens raises, by the OV circuit.</summary>
    public IReadOnlyList<HeadWrite>? Writes { get; init; }

    /// <summary>The share of tokens that raise themselves most, when attended to.</summary>
    public double? SelfOnTop { get; init; }

    /// <summary>The heads that it reads from or that read from it, strongest first.</summary>
    public IReadOnlyList<HeadPartner>? Partners { get; init; }
}

/// <summary>The change of the loss when a head's output is replaced.</summary>
/// <param name="Set">On what: <c>random repeats</c>, <c>text</c>.</param>
/// <param name="Kind">By what: <c>zero</c>, <c>mean</c>, <c>resample</c>.</param>
/// <param name="Value">Loss without the head less loss with it, nats.</param>
/// <param name="Deviation">Its standard deviation over sequences; null with one.</param>
internal sealed record HeadAblation(string Set, string Kind, double Value, double? Deviation = null);

/// <summary>A place in text where a head is at work.</summary>
/// <param name="Tokens">The context, up to the query or beyond it.</param>
/// <param name="Query">The query's place in <paramref name="Tokens"/>.</param>
/// <param name="Weights">Its weights on <paramref name="Tokens"/>.</param>
/// <param name="Weight">The weight that the row is about.</param>
/// <param name="Next">The token that follows the query in truth; null where it is not
/// known.</param>
/// <param name="Effect">The head's part in that token's logit; null where it was not
/// measured.</param>
/// <param name="LossChange">The change of the loss there when the head is replaced by its mean;
/// null where it was not measured.</param>
internal sealed record HeadExample(
    IReadOnlyList<int> Tokens,
    int Query,
    IReadOnlyList<float> Weights,
    double Weight,
    int? Next = null,
    double? Effect = null,
    double? LossChange = null
)
{
    private const int Near = 10;
    private const int Around = 3;

    /// <summary>The place in <see cref="Tokens"/> before which tokens are left out; null where none
    /// are.</summary>
    public int? Gap { get; init; }

    /// <summary>A place as it is shown: the tokens about the one that gets most weight, and those
    /// before the query.</summary>
    public static HeadExample Of(TextExample example)
    {
        int most = Array.IndexOf(example.Weights, example.Weights.Max());
        int near = Math.Max(0, example.Query - Near);
        int from = Math.Max(0, most - Around);
        bool whole = most + Around >= near;
        int[] shown =
        [
            .. whole
                ? Enumerable.Range(Math.Min(from, near), example.Query - Math.Min(from, near) + 1)
                : Enumerable.Range(from, most + Around - from)
                    .Concat(Enumerable.Range(near, example.Query - near + 1)),
        ];
        return new HeadExample(
            [.. shown.Select(at => example.Tokens[at])], shown.Length - 1,
            [.. shown.Select(at => example.Weights[at])], example.Score, example.Next,
            example.Effect, example.LossChange)
        {
            Gap = whole ? null : most + Around - from,
        };
    }
}

/// <summary>What attending to a token raises most.</summary>
/// <param name="Source">The token that is attended to.</param>
/// <param name="Raised">The tokens whose logits rise most, highest first.</param>
internal sealed record HeadWrite(int Source, IReadOnlyList<int> Raised);

/// <summary>A head that another is composed with.</summary>
/// <param name="Head">Its name: <c>0.4</c>.</param>
/// <param name="Kind">What it is; null for nothing in particular.</param>
/// <param name="Link">What is composed: <c>Q</c>, <c>K</c> or <c>V</c>.</param>
/// <param name="Way"><c>from</c>: it is read from; <c>to</c>: it reads.</param>
/// <param name="Z">Deviations above random matrices.</param>
internal sealed record HeadPartner(string Head, string? Kind, string Link, string Way, double Z);
