using Vitrine.Tensors;

namespace Vitrine.Models.Families;

/// <summary>Command R.</summary>
internal sealed class Cohere : DecoderFamily
{
    public override string Name => "cohere";

    public override string Models => "Command R";

    internal override string Weights => base.Weights + """

        blocks.{i}.attn.q_norm.w    model.layers.{i}.self_attn.q_norm.weight    head dHead -> head dHead
        blocks.{i}.attn.k_norm.w    model.layers.{i}.self_attn.k_norm.weight    kvHead dHead -> kvHead dHead
        """;

    private protected override bool TiesByDefault => true;

    internal override TransformerConfig Read(HfConfig json)
    {
        TransformerConfig config = base.Read(json);
        NormConfig norm = json.Norm(NormKind.LayerNorm, 1e-5f, "layer_norm_eps");
        AttentionConfig heads = config.SharedAttention;
        return config with
        {
            Embedding = config.Embedding with
            {
                LogitScale = json.MaybeFloat("logit_scale") ?? 0.0625f,
            },
            Positions = json.Rotary(heads.DHead, pairing: RotaryPairing.Adjacent),
            Norm = norm with { Parameters = NormParameters.Weight },
            Attention = heads with
            {
                QkNorm = !json.Bool("use_qk_norm") ? null : new()
                {
                    Kind = NormKind.LayerNorm,
                    Scope = QkNormScope.EachHead,
                    Epsilon = norm.Epsilon,
                },
            },
            Parallel = ParallelKind.OneNorm,
        };
    }
}
