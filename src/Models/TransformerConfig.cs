using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Vitrine.Models.Positions;
using Vitrine.Tensors;

namespace Vitrine.Models;

/// <summary>The shape of a <see cref="Transformer"/>: everything about it but its
/// weights.</summary>
/// <remarks>Stored as <c>config.json</c>, in camelCase; a field this version does not know is an
/// error, since ignoring it would build another model.</remarks>
public sealed record TransformerConfig
{
    /// <summary>The number of tokens: the length of the axis <c>vocab</c>.</summary>
    public required int Vocabulary { get; init; }

    /// <summary>The width of the residual stream.</summary>
    public required int DModel { get; init; }

    /// <summary>The number of attention layers.</summary>
    public int Layers { get; init; }

    /// <summary>The heads of a layer.</summary>
    public int Heads { get; init; }

    /// <summary>The width of a head's queries, keys and values.</summary>
    public int DHead { get; init; }

    /// <summary>The longest sequence; 0 for a model without layers, which sees one token.</summary>
    public int Context { get; init; }

    /// <summary>How the model knows where a token stands.</summary>
    public PositionKind Positions { get; init; }

    /// <summary>What stands before each layer and before the unembedding.</summary>
    public NormKind Norm { get; init; }

    /// <summary>What a norm adds to the variance.</summary>
    public float NormEpsilon { get; init; } = 1e-5f;

    /// <summary>Whether queries, keys, values and what a layer writes have biases.</summary>
    public bool AttentionBiases { get; init; }

    /// <summary>Whether the logits have a bias; without one it is zero and is not
    /// trained.</summary>
    public bool OutputBias { get; init; } = true;

    /// <summary>Whether W_U is W_Eᵀ, one weight.</summary>
    public bool Tied { get; init; }

    /// <summary>The factor on q · k; null for 1/√dHead.</summary>
    public float? AttentionScale { get; init; }

    /// <summary>Buckets of distances of <see cref="PositionKind.Relative"/>.</summary>
    public int RelativeBuckets { get; init; } = 32;

    /// <summary>From which distance on all keys share a bucket.</summary>
    public int RelativeMaxDistance { get; init; } = 128;

    /// <summary>How many entries of a head <see cref="PositionKind.Rotary"/> turns; null for
    /// all.</summary>
    public int? RotaryDim { get; init; }

    /// <summary>The base of the rotary wavelengths.</summary>
    public float RotaryBase { get; init; } = 10_000;

    /// <summary>Which entries are turned together.</summary>
    public RotaryPairing RotaryPairing { get; init; }

    /// <summary>The factor on q · k.</summary>
    [JsonIgnore]
    public float Scale => AttentionScale ?? (1 / MathF.Sqrt(DHead));

    /// <summary>Embedding, unembedding and output bias alone: a bigram model of rank
    /// <paramref name="dModel"/>.</summary>
    /// <param name="dModel">The width of the residual stream.</param>
    /// <param name="vocabulary">The number of tokens.</param>
    public static TransformerConfig ZeroLayer(int dModel, int vocabulary) =>
        new() { DModel = dModel, Vocabulary = vocabulary };

    /// <summary>Layers of attention between embedding and unembedding: no MLP, no norm, no biases
    /// but that of the logits, as Elhage et al. (2021) study them.</summary>
    /// <param name="layers">How many.</param>
    /// <param name="heads">The heads of a layer.</param>
    /// <param name="dModel">The width of the residual stream.</param>
    /// <param name="dHead">The width of a head.</param>
    /// <param name="vocabulary">The number of tokens.</param>
    /// <param name="context">The longest sequence.</param>
    /// <param name="positions">How the model knows where a token stands.</param>
    public static TransformerConfig AttentionOnly(
        int layers, int heads, int dModel, int dHead, int vocabulary, int context,
        PositionKind positions = PositionKind.Relative) =>
        new()
        {
            Layers = layers,
            Heads = heads,
            DModel = dModel,
            DHead = dHead,
            Vocabulary = vocabulary,
            Context = context,
            Positions = positions,
        };

    /// <summary>Checks every field.</summary>
    /// <returns>This.</returns>
    /// <exception cref="InvalidDataException">A field is out of its range.</exception>
    public TransformerConfig Validate()
    {
        Range("vocabulary", Vocabulary, 1, 10_000_000);
        Range("dModel", DModel, 1, 65_536);
        Range("layers", Layers, 0, 1_000);
        Range("normEpsilon", NormEpsilon, 0, 1);
        if (Layers > 0)
        {
            Range("heads", Heads, 1, 1_024);
            Range("dHead", DHead, 1, 16_384);
            Range("context", Context, 1, 1 << 20);
            Range("attentionScale", Scale, 0, 1e6);
            Range("relativeBuckets", RelativeBuckets, 2, 1 << 20);
            Range("relativeMaxDistance", RelativeMaxDistance, (RelativeBuckets / 2) + 1, 1 << 20);
            Range("rotaryDim", RotaryDim ?? 0, 0, DHead);
            Range("rotaryBase", RotaryBase, 1e-6, 1e12);
            if (Positions == PositionKind.Rotary && (RotaryDim ?? DHead) % 2 != 0)
            {
                throw new InvalidDataException(
                    $"TransformerConfig: rotaryDim must be even; got {RotaryDim ?? DHead}.");
            }
        }
        else if (Positions != PositionKind.None || Norm != NormKind.None)
        {
            throw new InvalidDataException(
                "TransformerConfig: a model without layers has neither positions nor norms; got "
                + $"positions {Positions}, norm {Norm}; set layers.");
        }

        return this;
    }

    /// <summary>Reads and checks <c>config.json</c>; fields left out have their default.</summary>
    /// <exception cref="InvalidDataException">The text is no config, or a field is
    /// wrong.</exception>
    public static TransformerConfig Parse(string json)
    {
        try
        {
            JsonObject given = JsonNode.Parse(json) as JsonObject ?? throw new JsonException(
                "a config must be a JSON object; got "
                + $"{json.AsSpan(0, Math.Min(json.Length, 20))}.");
            foreach ((string field, JsonNode? value) in Defaults())
            {
                given.TryAdd(field, value?.DeepClone());
            }

            return given.Deserialize(ModelsJson.Default.TransformerConfig)!.Validate();
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"TransformerConfig: {error.Message}", error);
        }
    }

    /// <summary>The text of <c>config.json</c>.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ModelsJson.Default.TransformerConfig);

    /// <summary>Every field that may be left out: a generated reader would make it zero.</summary>
    private static JsonObject Defaults()
    {
        var example = new TransformerConfig { Vocabulary = 1, DModel = 1 };
        JsonObject fields = JsonNode.Parse(example.ToJson())!.AsObject();
        fields.Remove("vocabulary");
        fields.Remove("dModel");
        return fields;
    }

    private static void Range(string field, double value, double least, double most)
    {
        if (!(value >= least && value <= most))
        {
            throw new InvalidDataException(
                $"TransformerConfig: {field} must be {least} … {most}; got {value}.");
        }
    }
}
