namespace Vitrine.Models.Families;

/// <summary>OLMo 2.</summary>
internal sealed class Olmo2 : DecoderFamily
{
    public override string Name => "olmo2";

    public override string Models => "OLMo 2";

    internal override string Weights => base.Weights + """

        blocks.{i}.ln1_post.w       model.layers.{i}.post_attention_layernorm.weight      dModel
        blocks.{i}.ln2_post.w       model.layers.{i}.post_feedforward_layernorm.weight    dModel
        blocks.{i}.attn.q_norm.w    model.layers.{i}.self_attn.q_norm.weight              (head dHead) -> head dHead
        blocks.{i}.attn.k_norm.w    model.layers.{i}.self_attn.k_norm.weight              (kvHead dHead) -> kvHead dHead
        """;

    internal override TransformerConfig Read(HfConfig json)
    {
        TransformerConfig config = base.Read(json);
        NormConfig norm = json.Norm(NormKind.RmsNorm, 1e-5f, "rms_norm_eps");
        return config with
        {
            Norm = norm with { Placement = NormPlacement.Output },
            Attention = config.Attention!.With(heads => heads with
            {
                QkNorm = new()
                {
                    Kind = NormKind.RmsNorm,
                    Scope = QkNormScope.AllHeads,
                    Epsilon = norm.Epsilon,
                },
            }),
        };
    }
}
