namespace Vitrine.Models;

/// <summary>The norm of queries and keys, after the projection and before positions.</summary>
public sealed record QkNormConfig
{
    /// <summary>The kind of norm.</summary>
    public required NormKind Kind { get; init; }

    /// <summary>What is normed together, and which weights there are.</summary>
    public QkNormScope Scope { get; init; }

    /// <summary>The constant added to the variance.</summary>
    public required float Epsilon { get; init; }

    /// <summary>Whether the weights are stored less 1, as Gemma's.</summary>
    public bool UnitOffset { get; init; }

    internal void Validate()
    {
        ConfigRule.Known("attention.qkNorm.kind", Kind);
        ConfigRule.Known("attention.qkNorm.scope", Scope);
        ConfigRule.Range("attention.qkNorm.epsilon", Epsilon, 0, 1);
    }
}

/// <summary>What the norm of queries and keys takes together.</summary>
public enum QkNormScope
{
    /// <summary>Each head by itself, with one weight [dHead] for all.</summary>
    Head,

    /// <summary>Each head by itself, with a weight of its own, [head, dHead].</summary>
    EachHead,

    /// <summary>All heads at once, with a weight [head · dHead].</summary>
    AllHeads,
}
