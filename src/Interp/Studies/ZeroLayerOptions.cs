using Vitrine.Interp.Embeddings;

namespace Vitrine.Interp.Studies;

/// <summary>What is asked of a 0-layer model.</summary>
internal sealed record ZeroLayerOptions
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

    /// <summary>Whether inputs that the texts never have get a normaliser too, so that they can be
    /// ranked; takes about twice as long.</summary>
    public bool UnseenInputs { get; init; }
}
