using Vitrine.Models.Positions;

namespace Vitrine.Models.Families;

/// <summary>MPT.</summary>
internal sealed class Mpt : Family
{
    public override string Name => "mpt";

    public override string Models => "MPT";

    internal override string Prefix => "transformer.";

    internal override string Weights => """
        embed.W_E              transformer.wte.weight                         vocab dModel
        blocks.{i}.ln1.w       transformer.blocks.{i}.norm_1.weight           dModel
        blocks.{i}.attn.W_Q    transformer.blocks.{i}.attn.Wqkv.weight        ((1'|1|1) head dHead) dModel
        blocks.{i}.attn.W_K    transformer.blocks.{i}.attn.Wqkv.weight        ((1|1'|1) kvHead dHead) dModel
        blocks.{i}.attn.W_V    transformer.blocks.{i}.attn.Wqkv.weight        ((1|1|1') kvHead dHead) dModel
        blocks.{i}.attn.W_O    transformer.blocks.{i}.attn.out_proj.weight    dModel (head dHead)
        blocks.{i}.ln2.w       transformer.blocks.{i}.norm_2.weight           dModel
        blocks.{i}.mlp.W_in    transformer.blocks.{i}.ffn.up_proj.weight      dMlp dModel
        blocks.{i}.mlp.W_out   transformer.blocks.{i}.ffn.down_proj.weight    dModel dMlp
        ln_final.w             transformer.norm_f.weight                      dModel
        unembed.W_U            lm_head.weight                                 vocab dModel
        """;

    // The model ignores expansion_ratio: its MLP is four times as wide as the stream.
    internal override TransformerConfig Read(HfConfig json)
    {
        json.Require("no_bias", "true").Require("logit_scale");
        HfConfig? attention = json.Part("attn_config");
        attention?.Require("alibi", "true").Require("qk_ln", "false").Require("prefix_lm", "false")
            .Require("attn_type", "multihead_attention").Require("alibi_bias_max", "8");
        int dModel = json.Int("d_model");
        int heads = json.Int("n_heads");
        return new TransformerConfig
        {
            Vocabulary = json.Int("vocab_size"),
            DModel = dModel,
            Layers = json.Int("n_layers"),
            Context = json.Int("max_seq_len"),
            Embedding = new EmbeddingConfig
            {
                Tied = json.Bool("tie_word_embeddings", true),
                OutputBias = false,
            },
            Positions = new PositionConfig
            {
                Kind = PositionKind.Alibi,
                AlibiForm = AlibiForm.KeyPositionFromEnd,
            },
            Norm = json.Norm(NormKind.LayerNorm, 1e-5f, "layer_norm_epsilon") with
            {
                Parameters = NormParameters.Weight,
            },
            Attention = new AttentionConfig
            {
                Heads = heads,
                DHead = json.HeadDim(dModel, heads),
                Scale = attention?.MaybeFloat("softmax_scale"),
                Clip = attention?.MaybeFloat("clip_qkv"),
            },
            Mlp = new MlpConfig { Width = 4 * dModel, Activation = ActivationKind.Gelu },
        };
    }
}
