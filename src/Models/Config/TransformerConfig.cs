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

    /// <summary>The norms of the stream.</summary>
    public NormConfig Norm { get; init; } = new();

    /// <summary>The heads of every layer; null for a model without layers.</summary>
    public PerLayer<AttentionConfig>? Attention { get; init; }

    /// <summary>The MLP of every layer; null for none.</summary>
    public PerLayer<MlpConfig>? Mlp { get; init; }

    /// <summary>Whether heads and MLP of a layer read the stream side by side, rather than the MLP
    /// what the heads wrote.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ParallelKind Parallel { get; init; }

    /// <summary>The factor on what heads and MLPs add to the stream; null for none.</summary>
    public float? ResidualScale { get; init; }

    /// <summary>Whether all layers have the weights of the first (Lan et al. 2020).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool SharedLayers { get; init; }

    /// <summary>Whether positions also see later ones, as in BERT.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsEncoder { get; init; }

    /// <summary>The encoder whose output every layer attends to after its own positions; null for
    /// none.</summary>
    public TransformerConfig? Encoder { get; init; }

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
        ConfigRule.Known("parallel", Parallel);
        ConfigRule.Range("residualScale", ResidualScale ?? 1, 1e-6, 1e6);
        Positions.ValidateKinds();
        Norm.Validate();
        Embedding.Validate(DModel);
        if (Layers == 0)
        {
            return Positions.Kind == PositionKind.None && Norm.Kind == NormKind.None
                && Attention is null && Mlp is null && Encoder is null ? this
                : throw new InvalidDataException(
                    "TransformerConfig: a model without layers has no positions, norms, heads or "
                    + "MLPs; "
                    + $"got positions {Positions.Kind}, norm {Norm.Kind}, "
                    + $"{Attention?.Count ?? 0} attention parts; set layers.");
        }

        RequireParts("attention", Attention is null ? 0 : Attention.IsOne ? Layers : Attention.Count);
        for (int layer = 0; layer < Attention!.Count; layer++)
        {
            Attention[layer].Validate();
            PositionsOf(layer).Validate(Attention[layer]);
        }

        RequireParts("mlp", Mlp is null || Mlp.IsOne ? Layers : Mlp.Count);
        for (int layer = 0; layer < Mlp?.Count; layer++)
        {
            Mlp[layer].Validate();
        }

        ConfigRule.Range("context", Context, 1, 1 << 24);
        ValidateBlocks();
        return this;
    }

    /// <summary>How a layer represents positions.</summary>
    public PositionConfig PositionsOf(int layer) => Attention![layer].Positions ?? Positions;

    /// <summary>Whether any layer rotates queries and keys.</summary>
    [JsonIgnore]
    public bool IsRotary => Attention is { } heads && Enumerable.Range(0, heads.Count).Any(
        layer => PositionsOf(layer).Kind == PositionKind.Rotary);

    private void ValidateBlocks()
    {
        if (Parallel != ParallelKind.None
            && (Mlp is null || Encoder is not null || Norm.Placement != NormPlacement.Pre))
        {
            throw new InvalidDataException(
                "TransformerConfig: parallel blocks have an MLP, norms before their parts and no "
                + "encoder.");
        }

        if (SharedLayers && !(Attention!.IsOne && Mlp is not { IsOne: false }))
        {
            throw new InvalidDataException(
                "TransformerConfig: shared layers have one attention part and one mlp part.");
        }

        for (int layer = 0; layer < Layers; layer++)
        {
            PositionConfig own = PositionsOf(layer);
            if (own != Positions && (own.HasVectors || Positions.HasVectors))
            {
                throw new InvalidDataException(
                    "TransformerConfig: positions with vectors are the whole model's; got "
                    + $"attention.positions {own.Kind} in layer {layer}.");
            }
        }

        if (Encoder is { } encoder)
        {
            encoder.Validate();
            if (!encoder.IsEncoder || encoder.Layers == 0 || encoder.DModel != DModel
                || encoder.Vocabulary != Vocabulary || Layers == 0)
            {
                throw new InvalidDataException(
                    "TransformerConfig: the encoder must have layers, isEncoder, and the decoder's "
                    + "dModel and vocabulary.");
            }
        }
    }

    private void RequireParts(string part, int count)
    {
        if (count != Layers)
        {
            throw new InvalidDataException(
                $"TransformerConfig: {part} must be one part for all {Layers} layers or a list "
                + $"with one per layer; got {count}.");
        }
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
