using System.Text.Json.Serialization;

namespace Vitrine.Models;

/// <summary>The heads of a layer.</summary>
public sealed record AttentionConfig
{
    /// <summary>How many heads there are.</summary>
    public required int Heads { get; init; }

    /// <summary>The width of a head's queries, keys and values.</summary>
    public required int DHead { get; init; }

    /// <summary>How many heads have keys and values of their own; null for all. Head h reads those
    /// of ⌊h · kvHeads / heads⌋ (Ainslie et al. 2023).</summary>
    public int? KvHeads { get; init; }

    /// <summary>Whether queries, keys, values and the heads' output have biases.</summary>
    public bool Biases { get; init; }

    /// <summary>Whether the heads' output has a bias; null for <see cref="Biases"/>.</summary>
    public bool? OutputBias { get; init; }

    /// <summary>The factor on q · k; null for 1/√dHead.</summary>
    public float? Scale { get; init; }

    /// <summary>A query sees only keys less than this many positions away, its own included; null
    /// for all.</summary>
    public int? Window { get; init; }

    /// <summary>The cap c of scores, <c>c · tanh(score / c)</c>; null for none.</summary>
    public float? SoftCap { get; init; }

    /// <summary>Whether each head has a sink: a trained score of one more key, whose value is
    /// 0.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Sinks { get; init; }

    /// <summary>The bound of the entries of queries, keys and values, which are clipped to it; null
    /// for none.</summary>
    public float? Clip { get; init; }

    /// <summary>The norm of queries and keys; null for none.</summary>
    public QkNormConfig? QkNorm { get; init; }

    /// <summary>How this layer represents positions, where that differs from the model; null for
    /// the model's.</summary>
    public PositionConfig? Positions { get; init; }

    /// <summary>The factor on q · k as a number.</summary>
    [JsonIgnore]
    public float ScoreScale => Scale ?? (1 / MathF.Sqrt(DHead));

    /// <summary>How many heads have keys and values of their own, as a number.</summary>
    [JsonIgnore]
    public int KeyHeads => KvHeads ?? Heads;

    internal void Validate()
    {
        ConfigRule.Range("attention.heads", Heads, 1, 1_024);
        ConfigRule.Range("attention.dHead", DHead, 1, 16_384);
        ConfigRule.Range("attention.kvHeads", KeyHeads, 1, Heads);
        ConfigRule.Range("attention.scale", ScoreScale, 0, 1e6);
        ConfigRule.Range("attention.window", Window ?? 1, 1, int.MaxValue);
        ConfigRule.Range("attention.softCap", SoftCap ?? 1, 1e-6, 1e6);
        ConfigRule.Range("attention.clip", Clip ?? 1, 1e-6, 1e6);
        QkNorm?.Validate();
        if (Heads % KeyHeads != 0)
        {
            throw new InvalidDataException(
                "TransformerConfig: attention.heads must be a multiple of attention.kvHeads; got "
                + $"{Heads} and {KeyHeads}.");
        }
    }
}
