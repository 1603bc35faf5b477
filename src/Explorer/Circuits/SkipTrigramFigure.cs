namespace Vitrine.Explorer;

/// <summary>What <c>vt-skip-trigrams</c> shows.</summary>
/// <param name="Searched">Over which pairs: <c>over all 50,257² pairs</c>.</param>
/// <param name="Rows">The rows, best first.</param>
public sealed record SkipTrigramFigure(string Searched, IReadOnlyList<SkipTrigramRow> Rows);

/// <summary>A skip-trigram: <c>source … destination → out</c>.</summary>
/// <param name="Source">The token that is attended to.</param>
/// <param name="Destination">The token that attends.</param>
/// <param name="Out">The token that is raised.</param>
/// <param name="Score">The attention score, in nats.</param>
/// <param name="Effect">What attending adds to the logit of the out token.</param>
/// <param name="Count">How often it occurs in the text.</param>
public sealed record SkipTrigramRow(
    int Source, int Destination, int Out, double Score, double Effect, int Count)
{
    /// <summary>The head, as <c>0.0</c>; null where the model has one.</summary>
    public string? Head { get; init; }

    /// <summary>The mean loss of the out token where it occurs, in nats; null where it never
    /// does.</summary>
    public double? Loss { get; init; }

    /// <summary>The 0-layer model's loss at the same places.</summary>
    public double? LossZero { get; init; }

    /// <summary>Whether the out token is the source.</summary>
    public bool Copy { get; init; }

    /// <summary>Whether the factored form forces it although the text never has it.</summary>
    public bool Bug { get; init; }

    /// <summary>Places where it occurs.</summary>
    public IReadOnlyList<SkipTrigramPassage> Passages { get; init; } = [];
}

/// <summary>A place where a skip-trigram occurs.</summary>
/// <param name="Tokens">The ids.</param>
/// <param name="Source">The position of the source.</param>
/// <param name="Destination">The position of the destination; the out token follows.</param>
public sealed record SkipTrigramPassage(IReadOnlyList<int> Tokens, int Source, int Destination);
