using System.Text.Json;
using System.Text.Json.Serialization;
using Vitrine.Models.Positions;
using Vitrine.Tensors;

namespace Vitrine.Models.Checkpoints;

/// <summary>Models as TransformerLens keeps them: its config beside weights by its names.</summary>
internal static class TransformerLensFolder
{
    /// <summary>The file of the weights.</summary>
    public const string WeightsFile = "weights.safetensors";

    /// <summary>Whether a folder holds such a model.</summary>
    public static bool IsOne(RunFolder folder) =>
        !File.Exists(folder[RunFolder.ModelFile]) && File.Exists(folder[WeightsFile]);

    /// <summary>The config in our terms.</summary>
    /// <exception cref="InvalidDataException">The config is damaged, or describes what this library
    /// cannot compute yet.</exception>
    public static TransformerConfig Config(RunFolder folder)
    {
        Stored stored = folder.ReadJson(
            RunFolder.ConfigFile, json => json.As(TransformerLensJson.Default.Stored));

        if (!stored.AttnOnly || stored.DMlp is not null)
        {
            throw Wrong(folder, "it has MLP layers; only attention-only models can be read");
        }

        if (stored.NKeyValueHeads is { } shared && shared != stored.NHeads)
        {
            throw Wrong(folder, $"{stored.NHeads} heads share {shared} keys and values");
        }

        string? unread = stored.Unread().FirstOrDefault();
        if (unread is not null)
        {
            throw Wrong(folder, $"it sets '{unread}', which changes what the model computes");
        }

        return new TransformerConfig
        {
            Vocabulary = stored.DVocab,
            DModel = stored.DModel,
            Layers = stored.NLayers,
            Context = stored.NCtx,
            Attention = new AttentionConfig
            {
                Heads = stored.NHeads,
                DHead = stored.DHead,
                Biases = true,
                Scale = stored.UseAttnScale ? 1 / stored.AttnScale : 1,
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
                    var other => throw Wrong(folder, $"its positions are '{other}'"),
                },
                RelativeBuckets = stored.RelativeAttentionNumBuckets ?? 32,
                RelativeMaxDistance = stored.RelativeAttentionMaxDistance ?? 128,
                RotaryDim = stored.RotaryDim,
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
                    var other => throw Wrong(folder, $"its norm is '{other}'"),
                },
                Epsilon = stored.Eps,
            },
        };
    }

    private static InvalidDataException Wrong(RunFolder folder, string what) => new(
        $"Transformer: {folder[RunFolder.ConfigFile]} cannot be read as TransformerLens' config of "
        + $"an attention-only model: {what}.");

    /// <summary>The fields of TransformerLens' config that decide what a model computes.</summary>
    internal sealed record Stored(
        int NLayers, int NHeads, int? NKeyValueHeads, int DModel, int DHead, int? DMlp, int DVocab,
        int NCtx, bool AttnOnly, string? NormalizationType, string? PositionalEmbeddingType,
        int? RotaryDim, float? RotaryBase, bool? RotaryAdjacentPairs, float AttnScale,
        int? RelativeAttentionNumBuckets, int? RelativeAttentionMaxDistance,
        string? AttentionDir, bool? UseLocalAttn, bool? ScaleAttnByInverseLayerIdx,
        float? AttnScoresSoftCap, float? OutputLogitsSoftCap, bool? PostEmbeddingLn,
        bool? UseNormalizationBeforeAndAfter,
        [property: JsonPropertyName("use_NTK_by_parts_rope")] bool? UseNtkByPartsRope,
        bool? UseQkNorm,
        float Eps = 1e-5f, bool UseAttnScale = true)
    {
        /// <summary>The fields that ask for what this library does not compute.</summary>
        public IEnumerable<string> Unread() => new (string Name, bool Asks)[]
        {
            ("attention_dir", AttentionDir is not (null or "causal")),
            ("use_local_attn", UseLocalAttn == true),
            ("scale_attn_by_inverse_layer_idx", ScaleAttnByInverseLayerIdx == true),
            ("attn_scores_soft_cap", AttnScoresSoftCap > 0),
            ("output_logits_soft_cap", OutputLogitsSoftCap > 0),
            ("post_embedding_ln", PostEmbeddingLn == true),
            ("use_normalization_before_and_after", UseNormalizationBeforeAndAfter == true),
            ("use_NTK_by_parts_rope", UseNtkByPartsRope == true),
            ("use_qk_norm", UseQkNorm == true),
        }.Where(field => field.Asks).Select(field => field.Name);
    }
}

/// <summary>TransformerLens' JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(TransformerLensFolder.Stored))]
internal sealed partial class TransformerLensJson : JsonSerializerContext;
