using System.Text.Json;
using System.Text.Json.Serialization;
using Vitrine.Models.Positions;
using Vitrine.Tensors;

namespace Vitrine.Models.Checkpoints;

/// <summary>Models as TransformerLens keeps them: its config and weights with its names.</summary>
internal static class TransformerLensFolder
{
    /// <summary>The file of the weights.</summary>
    public const string WeightsFile = "weights.safetensors";

    /// <summary>Whether a folder holds such a model.</summary>
    public static bool IsOne(RunFolder folder) =>
        !File.Exists(folder[RunFolder.ModelFile]) && File.Exists(folder[WeightsFile]);

    /// <summary>The config in our terms.</summary>
    /// <exception cref="InvalidDataException">The config is damaged, or describes a model that this
    /// library cannot compute yet.</exception>
    public static TransformerConfig Config(RunFolder folder) =>
        folder.ReadJson(RunFolder.ConfigFile, json => Read(json).Validate());

    private static TransformerConfig Read(JsonElement json)
    {
        Stored stored = json.As(TransformerLensJson.Default.Stored);
        TransformerLensFields.Check(json);
        if (stored.NKeyValueHeads is { } shared && shared != stored.Heads)
        {
            throw Wrong($"{stored.Heads} heads share {shared} keys and values");
        }

        if (stored.DVocabOut != -1 && stored.DVocabOut != stored.DVocab)
        {
            throw Wrong(
                $"d_vocab is {stored.DVocab}, but d_vocab_out is {stored.DVocabOut}");
        }

        return new TransformerConfig
        {
            Vocabulary = stored.DVocab,
            DModel = stored.DModel,
            Layers = stored.NLayers,
            Context = stored.NCtx,
            Attention = new AttentionConfig
            {
                Heads = stored.Heads,
                DHead = stored.DHead,
                Biases = true,
                Scale = !stored.UseAttnScale ? 1
                    : stored.AttnScale is { } scale and not -1 ? 1 / scale : null,
            },
            Positions = new PositionConfig
            {
                Kind = stored.PositionalEmbeddingType switch
                {
                    "standard" => PositionKind.Learned,
                    "shortformer" => PositionKind.Shortformer,
                    "rotary" => PositionKind.Rotary,
                    "alibi" => PositionKind.Alibi,
                    "relative_positional_bias" => PositionKind.Relative,
                    var other => throw Wrong($"its positions are '{other}'"),
                },
                RelativeBuckets = stored.RelativeAttentionNumBuckets ?? 32,
                RelativeMaxDistance = stored.RelativeAttentionMaxDistance ?? 128,
                RotaryDim = stored.RotaryDim,
                AlibiSlopes = stored.PositionalEmbeddingType == "alibi"
                    ? AlibiSlopes.Geometric : AlibiSlopes.Paper,
                RotaryBase = stored.RotaryBase ?? 10_000,
                RotaryPairing = stored.RotaryAdjacentPairs == true
                    ? RotaryPairing.Adjacent : RotaryPairing.Halves,
            },
            Norm = new NormConfig
            {
                Kind = stored.NormalizationType switch
                {
                    null => NormKind.None,
                    "LN" => NormKind.LayerNorm,
                    var other => throw Wrong($"its norm is '{other}'"),
                },
                Epsilon = stored.Eps,
            },
        };
    }

    private static InvalidDataException Wrong(string what) => new(
        "it cannot be read as TransformerLens' config of an attention-only model: "
        + $"{PrintableText.Value(what)}.");

    /// <summary>Whether a tensor of the file is a buffer of its modules, which is recomputed
    /// here.</summary>
    public static bool IsBuffer(string name) =>
        name.EndsWith(".attn.mask", StringComparison.Ordinal)
        || name.EndsWith(".attn.IGNORE", StringComparison.Ordinal)
        || name.EndsWith(".attn.rotary_sin", StringComparison.Ordinal)
        || name.EndsWith(".attn.rotary_cos", StringComparison.Ordinal);

    /// <summary>The fields of TransformerLens' config that are read, with its defaults.</summary>
    internal sealed record Stored(
        int NLayers, int DModel, int DHead, int NCtx, int DVocab, int NHeads = -1,
        int? NKeyValueHeads = null, int DVocabOut = -1, string? NormalizationType = "LN",
        string PositionalEmbeddingType = "standard", int? RotaryDim = null,
        float? RotaryBase = null, bool? RotaryAdjacentPairs = null, float? AttnScale = null,
        int? RelativeAttentionNumBuckets = null, int? RelativeAttentionMaxDistance = null,
        float Eps = 1e-5f, bool UseAttnScale = true)
    {
        /// <summary>The heads of a layer: as many as fill the stream unless they are
        /// given.</summary>
        [JsonIgnore]
        public int Heads => NHeads != -1 ? NHeads : DHead > 0 ? DModel / DHead : 0;
    }
}

/// <summary>TransformerLens' JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(TransformerLensFolder.Stored))]
internal sealed partial class TransformerLensJson : JsonSerializerContext;
