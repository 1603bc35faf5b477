using System.Text.Json;
using System.Text.Json.Serialization;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Positions;

namespace Vitrine.Models;

/// <summary>The shape of a <see cref="Transformer"/>: everything except its weights.</summary>
/// <remarks>Stored as <c>config.json</c>, in camelCase; a field unknown to this version is an
/// error, since ignoring it would build a different model.</remarks>
public sealed record TransformerConfig
{
    /// <summary>The number of tokens: the length of the axis <c>vocab</c>.</summary>
    public required int Vocabulary { get; init; }

    /// <summary>The width of the residual stream.</summary>
    public required int DModel { get; init; }

    /// <summary>The number of layers.</summary>
    public int Layers { get; init; }

    /// <summary>The longest sequence; 0 for a model without layers, which sees one token.</summary>
    public int Context { get; init; }

    /// <summary>How tokens enter the stream and how it becomes logits.</summary>
    public EmbeddingConfig Embedding { get; init; } = new();

    /// <summary>How the model represents positions.</summary>
    public PositionConfig Positions { get; init; } = new();

    /// <summary>The norm before each layer and before the unembedding.</summary>
    public NormConfig Norm { get; init; } = new();

    /// <summary>The heads of every layer; null for a model without layers.</summary>
    public PerLayer<AttentionConfig>? Attention { get; init; }

    /// <summary>The heads of a layer; 0 without layers.</summary>
    /// <exception cref="InvalidOperationException">Layers differ; use
    /// <see cref="Attention"/>.</exception>
    [JsonIgnore]
    public int Heads => Attention is null ? 0 : SharedAttention.Heads;

    /// <summary>The width of a head's queries, keys and values; 0 without layers.</summary>
    /// <inheritdoc cref="Heads" path="/exception"/>
    [JsonIgnore]
    public int DHead => Attention is null ? 0 : SharedAttention.DHead;

    /// <summary>The heads of every layer of a model whose layers are alike.</summary>
    /// <exception cref="InvalidOperationException">Layers differ, or there are none.</exception>
    [JsonIgnore]
    public AttentionConfig SharedAttention => Attention?.Shared
        ?? throw new InvalidOperationException(
            Attention is null ? "TransformerConfig: a model without layers has no heads."
                : "TransformerConfig: the layers of this model differ in their heads, which this "
                + "analysis does not support; it needs identical layers.");

    /// <summary>Embedding, unembedding and output bias alone: a bigram model of rank
    /// <paramref name="dModel"/>.</summary>
    /// <param name="dModel">The width of the residual stream.</param>
    /// <param name="vocabulary">The number of tokens.</param>
    public static TransformerConfig ZeroLayer(int dModel, int vocabulary) =>
        new() { DModel = dModel, Vocabulary = vocabulary };

    /// <summary>Layers of attention between embedding and unembedding: no MLP, no norm, no biases
    /// except that of the logits, as studied by Elhage et al. (2021).</summary>
    /// <param name="layers">How many.</param>
    /// <param name="heads">The heads of a layer.</param>
    /// <param name="dModel">The width of the residual stream.</param>
    /// <param name="dHead">The width of a head.</param>
    /// <param name="vocabulary">The number of tokens.</param>
    /// <param name="context">The longest sequence.</param>
    /// <param name="positions">How the model represents positions.</param>
    public static TransformerConfig AttentionOnly(
        int layers, int heads, int dModel, int dHead, int vocabulary, int context,
        PositionKind positions = PositionKind.Relative) =>
        new()
        {
            Layers = layers,
            DModel = dModel,
            Vocabulary = vocabulary,
            Context = context,
            Positions = positions,
            Attention = new AttentionConfig { Heads = heads, DHead = dHead },
        };

    /// <summary>The same model with other heads.</summary>
    /// <param name="change">Maps the heads of a layer to the new ones.</param>
    /// <exception cref="InvalidOperationException">The model has no layers.</exception>
    public TransformerConfig WithAttention(Func<AttentionConfig, AttentionConfig> change) =>
        this with
        {
            Attention = Attention?.With(change) ?? throw new InvalidOperationException(
                "TransformerConfig: a model without layers has no heads."),
        };

    /// <summary>Checks every field.</summary>
    /// <returns>This.</returns>
    /// <exception cref="InvalidDataException">A field is out of its range.</exception>
    public TransformerConfig Validate()
    {
        ConfigRule.Range("vocabulary", Vocabulary, 1, 10_000_000);
        ConfigRule.Range("dModel", DModel, 1, 65_536);
        ConfigRule.Range("layers", Layers, 0, 1_000);
        ConfigRule.Known("norm.kind", Norm.Kind);
        ConfigRule.Known("positions.kind", Positions.Kind);
        ConfigRule.Known("positions.rotaryPairing", Positions.RotaryPairing);
        ConfigRule.Known("positions.alibiSlopes", Positions.AlibiSlopes);
        Norm.Validate();
        if (Layers == 0)
        {
            return Positions.Kind == PositionKind.None && Norm.Kind == NormKind.None
                && Attention is null ? this
                : throw new InvalidDataException(
                    "TransformerConfig: a model without layers has no positions, norms or heads; "
                    + $"got positions {Positions.Kind}, norm {Norm.Kind}, "
                    + $"{Attention?.Count ?? 0} attention parts; set layers.");
        }

        if (Attention is null || !(Attention.IsOne || Attention.Count == Layers))
        {
            throw new InvalidDataException(
                $"TransformerConfig: attention must be one part for all {Layers} layers or a list "
                + $"with one per layer; got {Attention?.Count ?? 0}.");
        }

        for (int layer = 0; layer < Attention.Count; layer++)
        {
            Attention[layer].Validate();
            Positions.Validate(Attention[layer]);
        }

        ConfigRule.Range("context", Context, 1, 1 << 20);
        return this;
    }

    /// <summary>Reads and checks <c>config.json</c>; fields left out have their default.</summary>
    /// <remarks>The older, flat form also opens: <c>heads</c>, <c>dHead</c>,
    /// <c>attentionBiases</c>, <c>attentionScale</c>, <c>normEpsilon</c>, <c>relativeBuckets</c>,
    /// <c>rotaryDim</c> and the like next to the other fields, <c>positions</c> and <c>norm</c> as
    /// the names of their kinds.</remarks>
    /// <exception cref="InvalidDataException">The text is not a config, or a field is
    /// wrong.</exception>
    public static TransformerConfig Parse(string json) =>
        JsonFile.Parse("TransformerConfig", json, ConfigJson.Read).Validate();

    /// <summary>The text of <c>config.json</c>.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ModelsJson.Default.TransformerConfig);
}
