using System.Text.Json.Serialization;

namespace Vitrine.Models;

/// <summary>The norms of the residual stream.</summary>
public sealed record NormConfig
{
    /// <summary>The kind of norm.</summary>
    public NormKind Kind { get; init; }

    /// <summary>The constant added to the variance.</summary>
    public float Epsilon { get; init; } = 1e-5f;

    /// <summary>Which parameters a norm has.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public NormParameters Parameters { get; init; }

    /// <summary>Where the norms stand.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public NormPlacement Placement { get; init; }

    /// <summary>Whether the weights are stored less 1, as Gemma's: y = normalized ∘ (1 +
    /// w).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool UnitOffset { get; init; }

    /// <summary>Whether the first layer's heads read the stream as it is, as
    /// ModernBERT's.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool SkipsFirst { get; init; }

    /// <summary>A kind, with defaults for everything else.</summary>
    public static implicit operator NormConfig(NormKind kind) => new() { Kind = kind };

    /// <summary>Whether parts read a normed stream.</summary>
    [JsonIgnore]
    public bool IsBefore => Kind != NormKind.None
        && Placement is NormPlacement.Pre or NormPlacement.Sandwich;

    /// <summary>Whether what a part writes is normed before it is added.</summary>
    [JsonIgnore]
    public bool IsOnOutput => Kind != NormKind.None
        && Placement is NormPlacement.Sandwich or NormPlacement.Output;

    /// <summary>Whether the stream itself is normed after every part.</summary>
    [JsonIgnore]
    public bool IsAfter => Kind != NormKind.None && Placement == NormPlacement.Post;

    internal void Validate()
    {
        ConfigRule.Known("norm.kind", Kind);
        ConfigRule.Known("norm.parameters", Parameters);
        ConfigRule.Known("norm.placement", Placement);
        ConfigRule.Range("norm.epsilon", Epsilon, 0, 1);
    }
}

/// <summary>The parameters of a norm.</summary>
public enum NormParameters
{
    /// <summary>A weight, and for LayerNorm a bias.</summary>
    All,

    /// <summary>A weight alone.</summary>
    Weight,

    /// <summary>None.</summary>
    None,
}

/// <summary>Where the norms of a layer stand, for a part f that reads the stream x.</summary>
public enum NormPlacement
{
    /// <summary>x + f(norm x), and a norm before the unembedding (Xiong et al. 2020).</summary>
    Pre,

    /// <summary>norm(x + f(x)), and none before the unembedding (Vaswani et al. 2017).</summary>
    Post,

    /// <summary>x + norm f(norm x), as in Gemma 2.</summary>
    Sandwich,

    /// <summary>x + norm f(x), as in OLMo 2.</summary>
    Output,
}
