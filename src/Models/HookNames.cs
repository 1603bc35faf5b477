using Vitrine.Models.Positions;
using Vitrine.Tensors;

namespace Vitrine.Models;

/// <summary>The names of a model's activations: TransformerLens' names.</summary>
public static class HookNames
{
    /// <summary>Token embeddings, float32 [batch, pos, dModel].</summary>
    public const string Embed = "hook_embed";

    /// <summary>Position embeddings, float32 [batch, pos, dModel].</summary>
    public const string PosEmbed = "hook_pos_embed";

    /// <summary>√(variance + ε) of the final norm, float32 [batch, pos, 1].</summary>
    public const string LnFinalScale = "ln_final.hook_scale";

    /// <summary>The final norm before its weight and bias, float32 [batch, pos, dModel].</summary>
    public const string LnFinalNormalized = "ln_final.hook_normalized";

    /// <summary>What the unembedding reads, float32 [batch, pos, dModel].</summary>
    public const string UnembedIn = "unembed.hook_in";

    /// <summary>The logits, float32 [batch, pos, vocab].</summary>
    public const string UnembedOut = "unembed.hook_out";

    /// <summary>The stream as a layer receives it, float32 [batch, pos, dModel].</summary>
    public static string ResidPre(int layer) => Block(layer, "hook_resid_pre");

    /// <summary>The stream behind a layer, float32 [batch, pos, dModel].</summary>
    public static string ResidPost(int layer) => Block(layer, "hook_resid_post");

    /// <summary>What a layer's heads and output bias write, float32 [batch, pos, dModel].</summary>
    public static string AttnOut(int layer) => Block(layer, "hook_attn_out");

    /// <summary>Every head's own copy of the stream that its queries are made of, before the norm,
    /// float32 [batch, pos, head, dModel]; made when it is asked for by name.</summary>
    public static string QInput(int layer) => Block(layer, "hook_q_input");

    /// <summary>As <see cref="QInput"/>, for keys.</summary>
    public static string KInput(int layer) => Block(layer, "hook_k_input");

    /// <summary>As <see cref="QInput"/>, for values.</summary>
    public static string VInput(int layer) => Block(layer, "hook_v_input");

    /// <summary>√(variance + ε) of a layer's norm, float32 [batch, pos, 1].</summary>
    public static string Ln1Scale(int layer) => Block(layer, "ln1.hook_scale");

    /// <summary>A layer's norm before its weight and bias, float32 [batch, pos, dModel].</summary>
    public static string Ln1Normalized(int layer) => Block(layer, "ln1.hook_normalized");

    /// <summary>Queries before rotation, float32 [batch, pos, head, dHead].</summary>
    public static string Q(int layer) => Block(layer, "attn.hook_q");

    /// <summary>Keys before rotation, float32 [batch, pos, head, dHead].</summary>
    public static string K(int layer) => Block(layer, "attn.hook_k");

    /// <summary>Values, float32 [batch, pos, head, dHead].</summary>
    public static string V(int layer) => Block(layer, "attn.hook_v");

    /// <summary>Rotated queries, float32 [batch, pos, head, dHead].</summary>
    public static string RotQ(int layer) => Block(layer, "attn.hook_rot_q");

    /// <summary>Rotated keys, float32 [batch, pos, head, dHead].</summary>
    public static string RotK(int layer) => Block(layer, "attn.hook_rot_k");

    /// <summary>Scores before the softmax, −∞ where hidden, float32 [batch, head, queryPos,
    /// keyPos].</summary>
    public static string AttnScores(int layer) => Block(layer, "attn.hook_attn_scores");

    /// <summary>Attention weights, float32 [batch, head, queryPos, keyPos].</summary>
    public static string Pattern(int layer) => Block(layer, "attn.hook_pattern");

    /// <summary>Mixed values, float32 [batch, pos, head, dHead].</summary>
    public static string Z(int layer) => Block(layer, "attn.hook_z");

    /// <summary>What each head writes to the stream, without the output bias, float32 [batch, pos,
    /// head, dModel].</summary>
    public static string Result(int layer) => Block(layer, "attn.hook_result");

    /// <summary>Every activation of a model, in the order of the forward pass.</summary>
    public static IReadOnlyList<string> All(TransformerConfig config) =>
        [.. Shapes(config, 1, 1).Select(activation => activation.Name)];

    /// <summary>Every activation with its shape, in the order of the forward pass.</summary>
    /// <param name="config">The model's shape.</param>
    /// <param name="batch">Sequences.</param>
    /// <param name="pos">Tokens in each.</param>
    public static IEnumerable<(string Name, Shape Shape)> Shapes(
        TransformerConfig config, int batch, int pos)
    {
        Shape stream = [batch, pos, config.DModel];
        Shape heads = [batch, pos, config.Heads, config.DHead];
        Shape streams = [batch, pos, config.Heads, config.DModel];
        Shape square = [batch, config.Heads, pos, pos];
        Shape scale = [batch, pos, 1];
        bool norm = config.Norm != NormKind.None;
        yield return (Embed, stream);
        if (config.Positions is PositionKind.Learned or PositionKind.Sinusoidal
            or PositionKind.Shortformer)
        {
            yield return (PosEmbed, stream);
        }

        for (int layer = 0; layer < config.Layers; layer++)
        {
            yield return (ResidPre(layer), stream);
            yield return (QInput(layer), streams);
            yield return (KInput(layer), streams);
            yield return (VInput(layer), streams);
            if (norm)
            {
                yield return (Ln1Scale(layer), scale);
                yield return (Ln1Normalized(layer), stream);
            }

            yield return (Q(layer), heads);
            yield return (K(layer), heads);
            yield return (V(layer), heads);
            if (config.Positions == PositionKind.Rotary)
            {
                yield return (RotQ(layer), heads);
                yield return (RotK(layer), heads);
            }

            yield return (AttnScores(layer), square);
            yield return (Pattern(layer), square);
            yield return (Z(layer), heads);
            yield return (Result(layer), streams);
            yield return (AttnOut(layer), stream);
            yield return (ResidPost(layer), stream);
        }

        if (norm)
        {
            yield return (LnFinalScale, scale);
            yield return (LnFinalNormalized, stream);
        }

        yield return (UnembedIn, stream);
        yield return (UnembedOut, [batch, pos, config.Vocabulary]);
    }

    /// <summary>The layer in a name; null for what belongs to none.</summary>
    public static int? LayerOf(string name)
    {
        string[] parts = name.Split('.');
        return parts is ["blocks", var layer, ..] && int.TryParse(layer, out int number)
            ? number : null;
    }

    private static string Block(int layer, string name) => $"blocks.{layer}.{name}";
}
