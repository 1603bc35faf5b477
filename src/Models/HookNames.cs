namespace Vitrine.Models;

/// <summary>The names of a model's activations: TransformerLens' names. For those of a model, with
/// their shapes, see <see cref="Transformer.Activations"/>.</summary>
public static class HookNames
{
    /// <summary>Token embeddings, float32 [batch, pos, dModel].</summary>
    public const string Embed = "hook_embed";

    /// <summary>Position embeddings, float32 [batch, pos, dModel].</summary>
    public const string PosEmbed = "hook_pos_embed";

    /// <summary>Segment embeddings, float32 [batch, pos, dModel].</summary>
    public const string TokenTypeEmbed = "hook_token_type_embed";

    /// <summary>The stream before the first layer, where the embeddings are normed or widened,
    /// float32 [batch, pos, dModel].</summary>
    public const string FullEmbed = "hook_full_embed";

    /// <summary>√(variance + ε) of the final norm, float32 [batch, pos, 1].</summary>
    public const string LnFinalScale = "ln_final.hook_scale";

    /// <summary>The final norm before its weight and bias, float32 [batch, pos, dModel].</summary>
    public const string LnFinalNormalized = "ln_final.hook_normalized";

    /// <summary>The input of the unembedding, float32 [batch, pos, dModel].</summary>
    public const string UnembedIn = "unembed.hook_in";

    /// <summary>The logits, float32 [batch, pos, vocab].</summary>
    public const string UnembedOut = "unembed.hook_out";

    /// <summary>The stream as a layer receives it, float32 [batch, pos, dModel].</summary>
    public static string ResidPre(int layer) => Block(layer, "hook_resid_pre");

    /// <summary>The stream between a layer's heads and its MLP, float32 [batch, pos,
    /// dModel].</summary>
    public static string ResidMid(int layer) => Block(layer, "hook_resid_mid");

    /// <summary>The stream as a layer's MLP receives it, before the norm, float32 [batch, pos,
    /// dModel].</summary>
    public static string MlpIn(int layer) => Block(layer, "hook_mlp_in");

    /// <summary>Neurons before their function, or the gate before its own, float32 [batch, pos,
    /// dMlp].</summary>
    public static string MlpPre(int layer) => Block(layer, "mlp.hook_pre");

    /// <summary>What the gate of a gated MLP multiplies, float32 [batch, pos, dMlp].</summary>
    public static string MlpPreLinear(int layer) => Block(layer, "mlp.hook_pre_linear");

    /// <summary>Neurons, float32 [batch, pos, dMlp].</summary>
    public static string MlpPost(int layer) => Block(layer, "mlp.hook_post");

    /// <summary>What a layer's MLP adds to the stream, float32 [batch, pos, dModel].</summary>
    public static string MlpOut(int layer) => Block(layer, "hook_mlp_out");

    /// <summary>√(variance + ε) of the norm of a layer's MLP, float32 [batch, pos, 1].</summary>
    public static string Ln2Scale(int layer) => Block(layer, "ln2.hook_scale");

    /// <summary>That norm before its weight and bias, float32 [batch, pos, dModel].</summary>
    public static string Ln2Normalized(int layer) => Block(layer, "ln2.hook_normalized");

    /// <summary>The stream after a layer, float32 [batch, pos, dModel].</summary>
    public static string ResidPost(int layer) => Block(layer, "hook_resid_post");

    /// <summary>What a layer's heads add to the stream, float32 [batch, pos,
    /// dModel].</summary>
    public static string AttnOut(int layer) => Block(layer, "hook_attn_out");

    /// <summary>Every head's own copy of the stream from which its queries are computed, before the
    /// norm, float32 [batch, pos, head, dModel]; made only when requested by name.</summary>
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

    /// <summary>Each head's output to the stream, without the output bias, float32 [batch, pos,
    /// head, dModel].</summary>
    public static string Result(int layer) => Block(layer, "attn.hook_result");

    /// <summary>The layer in a name; null if it belongs to none.</summary>
    public static int? LayerOf(string name)
    {
        string[] parts = name.Split('.');
        return parts is ["blocks" or "decoder_blocks" or "encoder_blocks", var layer, ..] && int.TryParse(layer, out int number)
            ? number : null;
    }

    private static string Block(int layer, string name) => $"blocks.{layer}.{name}";
}
