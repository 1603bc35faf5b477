namespace Vitrine.Models;

/// <summary>How the parts of a stack of layers are called: TransformerLens' names, of its decoders
/// and of its encoder-decoders.</summary>
/// <param name="Blocks">The layers.</param>
/// <param name="Attention">A layer's own heads.</param>
/// <param name="Prefix">What precedes the names of everything else.</param>
internal sealed record StackNames(string Blocks, string Attention, string Prefix)
{
    public static readonly StackNames Alone = new("blocks", "attn", "");
    public static readonly StackNames Encoder = new("encoder_blocks", "attn", "encoder_");
    public static readonly StackNames Decoder = new("decoder_blocks", "self_attn", "decoder_");

    public string LnFinal => $"{Prefix}ln_final";

    /// <summary>The names of a stack.</summary>
    public static StackNames Of(TransformerConfig config, bool ofEncoderDecoder = false) =>
        config.Encoder is not null ? Decoder : ofEncoderDecoder ? Encoder : Alone;

    public LayerNames Layer(int layer) => new($"{Blocks}.{layer}.", Attention);
}

/// <summary>The names of a layer's activations and weights, made once.</summary>
internal sealed class LayerNames(string prefix, string attention)
{
    public readonly string ResidPre = prefix + "hook_resid_pre";
    public readonly string ResidMid = prefix + "hook_resid_mid";
    public readonly string ResidMid2 = prefix + "hook_resid_mid2";
    public readonly string ResidPost = prefix + "hook_resid_post";
    public readonly string NormalizedResidPost = prefix + "hook_normalized_resid_post";
    public readonly string AttnOut = prefix + "hook_attn_out";
    public readonly string CrossAttnOut = prefix + "hook_cross_attn_out";
    public readonly string MlpIn = prefix + "hook_mlp_in";
    public readonly string MlpOut = prefix + "hook_mlp_out";
    public readonly string QInput = prefix + "hook_q_input";
    public readonly string KInput = prefix + "hook_k_input";
    public readonly string VInput = prefix + "hook_v_input";

    /// <summary>The name of a norm, of its weights and of what it computes.</summary>
    public string Norm(string name) => prefix + name;

    public MlpNames Mlp { get; } = new(prefix + "mlp.");

    public HeadNames Heads { get; } = new($"{prefix}{attention}.");

    public HeadNames CrossHeads { get; } = new($"{prefix}cross_attn.");
}

/// <summary>The names of an MLP's activations.</summary>
internal sealed class MlpNames(string prefix)
{
    public readonly string Prefix = prefix;
    public readonly string Pre = prefix + "hook_pre";
    public readonly string PreLinear = prefix + "hook_pre_linear";
    public readonly string Mid = prefix + "hook_mid";
    public readonly string Post = prefix + "hook_post";
    public readonly string ExpertWeights = prefix + "hook_expert_weights";
    public readonly string ExpertIndices = prefix + "hook_expert_indices";
}

/// <summary>The names of the activations of a layer's heads.</summary>
internal sealed class HeadNames(string prefix)
{
    public readonly string Prefix = prefix;
    public readonly string Q = prefix + "hook_q";
    public readonly string K = prefix + "hook_k";
    public readonly string V = prefix + "hook_v";
    public readonly string RotQ = prefix + "hook_rot_q";
    public readonly string RotK = prefix + "hook_rot_k";
    public readonly string Scores = prefix + "hook_attn_scores";
    public readonly string Pattern = prefix + "hook_pattern";
    public readonly string Z = prefix + "hook_z";
    public readonly string Result = prefix + "hook_result";
}
