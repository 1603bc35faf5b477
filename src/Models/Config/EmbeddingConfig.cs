namespace Vitrine.Models;

/// <summary>How tokens enter the residual stream and how the stream becomes logits.</summary>
public sealed record EmbeddingConfig
{
    /// <summary>Whether W_U is W_Eᵀ, one weight.</summary>
    public bool Tied { get; init; }

    /// <summary>Whether the logits have a bias; without one it is zero and is not
    /// trained.</summary>
    public bool OutputBias { get; init; } = true;
}
