using Vitrine.Interp.Embeddings;

namespace Vitrine.Interp.Studies;

/// <summary>Options for the analysis of a 0-layer model.</summary>
internal sealed record ZeroLayerOptions
{
    /// <summary>How many of the commonest tokens of the training text are mapped and tested for
    /// their neighbours.</summary>
    public int MapTokens { get; init; } = 5000;

    /// <summary>How t-SNE maps are made; the perplexity is lowered if there are too few tokens for
    /// it.</summary>
    public TSneOptions TSne { get; init; } = new();

    /// <summary>Rows in each table.</summary>
    public int TableRows { get; init; } = 10;

    /// <summary>How many example tokens get tables.</summary>
    public int Examples { get; init; } = 6;

    /// <summary>Whether inputs that never occur in the texts also get a normaliser, so that they
    /// can be ranked; takes about twice as long.</summary>
    public bool UnseenInputs { get; init; }
}
