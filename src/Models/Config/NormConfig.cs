namespace Vitrine.Models;

/// <summary>The norm before each layer and before the unembedding.</summary>
public sealed record NormConfig
{
    /// <summary>The kind of norm.</summary>
    public NormKind Kind { get; init; }

    /// <summary>The constant added to the variance.</summary>
    public float Epsilon { get; init; } = 1e-5f;

    /// <summary>A kind, with defaults for everything else.</summary>
    public static implicit operator NormConfig(NormKind kind) => new() { Kind = kind };

    internal void Validate() =>
        ConfigRule.Range("norm.epsilon", Epsilon, 0, 1);
}
