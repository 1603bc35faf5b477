using System.Text.Json.Serialization;

namespace Vitrine.Models;

/// <summary>A mixture of experts: a router weighs them for each token, and the best few run
/// (Shazeer et al. 2017).
/// <code>p = softmax(x W_router),  y = Σ over the k largest of p[e] · mlp_e(x)</code></summary>
public sealed record ExpertConfig
{
    /// <summary>How many experts there are.</summary>
    public required int Count { get; init; }

    /// <summary>How many a token uses: k.</summary>
    public required int Used { get; init; }

    /// <summary>Whether the weights of those used are divided by their sum, which is the softmax
    /// over these alone.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Renormalise { get; init; }

    /// <summary>Whether the router has a bias.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool RouterBias { get; init; }

    /// <summary>The width of one more expert that all tokens use, weighed by σ(x · w); null for
    /// none.</summary>
    public int? SharedWidth { get; init; }

    internal void Validate()
    {
        ConfigRule.Range("mlp.experts.count", Count, 1, 4_096);
        ConfigRule.Range("mlp.experts.used", Used, 1, Count);
        ConfigRule.Range("mlp.experts.sharedWidth", SharedWidth ?? 1, 1, 1_000_000);
    }
}
