using System.Text.Json.Serialization;

namespace Vitrine.Models;

/// <summary>The heads of a layer.</summary>
public sealed record AttentionConfig
{
    /// <summary>How many heads there are.</summary>
    public required int Heads { get; init; }

    /// <summary>The width of a head's queries, keys and values.</summary>
    public required int DHead { get; init; }

    /// <summary>Whether queries, keys, values and the heads' output have biases.</summary>
    public bool Biases { get; init; }

    /// <summary>The factor on q · k; null for 1/√dHead.</summary>
    public float? Scale { get; init; }

    /// <summary>The factor on q · k as a number.</summary>
    [JsonIgnore]
    public float ScoreScale => Scale ?? (1 / MathF.Sqrt(DHead));

    internal void Validate()
    {
        ConfigRule.Range("attention.heads", Heads, 1, 1_024);
        ConfigRule.Range("attention.dHead", DHead, 1, 16_384);
        ConfigRule.Range("attention.scale", ScoreScale, 0, 1e6);
    }
}
