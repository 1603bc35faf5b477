using Vitrine.Interp.Embeddings;

namespace Vitrine.Interp.ZeroLayer;

/// <summary>What is asked of a 0-layer model.</summary>
public sealed record ZeroLayerOptions
{
    /// <summary>How many of the commonest tokens of the training text are laid out and asked for
    /// their neighbours.</summary>
    public int MapTokens { get; init; } = 5000;

    /// <summary>How t-SNE maps are made; the perplexity is lowered where there are too few tokens
    /// for it.</summary>
    public TSneOptions TSne { get; init; } = new();

    /// <summary>Rows in each table.</summary>
    public int TableRows { get; init; } = 10;

    /// <summary>How many telling tokens get tables.</summary>
    public int Examples { get; init; } = 6;

    /// <summary>The tokens that get tables; chosen by <see cref="Bigrams.TellingTokens"/> if
    /// null.</summary>
    public IReadOnlyList<int>? ExampleTokens { get; init; }

    /// <summary>Whether inputs that the texts never have get a normaliser too, so that they can be
    /// ranked; takes about twice as long.</summary>
    public bool UnseenInputs { get; init; }
}

/// <summary>Where a running analysis stands.</summary>
/// <param name="Stage">What is being done.</param>
/// <param name="Share">The share of the stage that is done, 0 … 1.</param>
public readonly record struct AnalysisProgress(string Stage, double Share);
