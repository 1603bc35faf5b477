namespace Vitrine.Models.Families;

/// <summary>StableLM.</summary>
internal sealed class StableLm : DecoderFamily
{
    public override string Name => "stablelm";

    public override string Models => "StableLM";

    internal override string Weights => base.Weights + """

        blocks.{i}.attn.q_norm.w    model.layers.{i}.self_attn.q_layernorm.norms.{head}.weight    dHead -> head dHead
        blocks.{i}.attn.k_norm.w    model.layers.{i}.self_attn.k_layernorm.norms.{head}.weight    dHead -> kvHead dHead
        """;

    internal override TransformerConfig Read(HfConfig json)
    {
        TransformerConfig config = base.Read(json);
        NormConfig norm = json.Norm(NormKind.LayerNorm, 1e-5f, "layer_norm_eps");
        return config with
        {
            Norm = norm,
            Attention = config.Attention!.With(heads => heads with
            {
                Biases = json.Bool("use_qkv_bias"),
                OutputBias = false,
                QkNorm = !json.Bool("qk_layernorm") ? null : new()
                {
                    Kind = NormKind.LayerNorm,
                    Scope = QkNormScope.EachHead,
                    Epsilon = norm.Epsilon,
                },
            }),
            Parallel = json.Bool("use_parallel_residual")
                ? ParallelKind.OneNorm : ParallelKind.None,
        };
    }
}
