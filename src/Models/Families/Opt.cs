using Vitrine.Models.Positions;

namespace Vitrine.Models.Families;

/// <summary>OPT.</summary>
internal sealed class Opt : Family
{
    public override string Name => "opt";

    public override string Models => "OPT";

    internal override string Prefix => "model.";

    internal override string Weights => """
        embed.W_E              model.decoder.embed_tokens.weight                       vocab width
        embed.W_proj           model.decoder.project_in.weight                         dModel width
        pos_embed.W_pos        model.decoder.embed_positions.weight                    (2|context') dModel -> context dModel
        blocks.{i}.ln1.w       model.decoder.layers.{i}.self_attn_layer_norm.weight    dModel
        blocks.{i}.ln1.b       model.decoder.layers.{i}.self_attn_layer_norm.bias      dModel
        blocks.{i}.attn.W_Q    model.decoder.layers.{i}.self_attn.q_proj.weight        (head dHead) dModel
        blocks.{i}.attn.W_K    model.decoder.layers.{i}.self_attn.k_proj.weight        (kvHead dHead) dModel
        blocks.{i}.attn.W_V    model.decoder.layers.{i}.self_attn.v_proj.weight        (kvHead dHead) dModel
        blocks.{i}.attn.b_Q    model.decoder.layers.{i}.self_attn.q_proj.bias          (head dHead)
        blocks.{i}.attn.b_K    model.decoder.layers.{i}.self_attn.k_proj.bias          (kvHead dHead)
        blocks.{i}.attn.b_V    model.decoder.layers.{i}.self_attn.v_proj.bias          (kvHead dHead)
        blocks.{i}.attn.W_O    model.decoder.layers.{i}.self_attn.out_proj.weight      dModel (head dHead)
        blocks.{i}.attn.b_O    model.decoder.layers.{i}.self_attn.out_proj.bias        dModel
        blocks.{i}.ln2.w       model.decoder.layers.{i}.final_layer_norm.weight        dModel
        blocks.{i}.ln2.b       model.decoder.layers.{i}.final_layer_norm.bias          dModel
        blocks.{i}.mlp.W_in    model.decoder.layers.{i}.fc1.weight                     dMlp dModel
        blocks.{i}.mlp.b_in    model.decoder.layers.{i}.fc1.bias                       dMlp
        blocks.{i}.mlp.W_out   model.decoder.layers.{i}.fc2.weight                     dModel dMlp
        blocks.{i}.mlp.b_out   model.decoder.layers.{i}.fc2.bias                       dModel
        ln_final.w             model.decoder.final_layer_norm.weight                   dModel
        ln_final.b             model.decoder.final_layer_norm.bias                     dModel
        mlm_head.W             model.decoder.project_out.weight                        read dModel
        unembed.W_U            lm_head.weight                                          vocab read
        """;

    internal override TransformerConfig Read(HfConfig json)
    {
        json.Require("enable_bias", "true").Require("layer_norm_elementwise_affine", "true")
            .Require("_remove_final_layer_norm", "false");
        int dModel = json.Int("hidden_size");
        int heads = json.Int("num_attention_heads");
        int? width = json.MaybeInt("word_embed_proj_dim") is { } own && own != dModel ? own : null;
        return new TransformerConfig
        {
            Vocabulary = json.Int("vocab_size"),
            DModel = dModel,
            Layers = json.Int("num_hidden_layers"),
            Context = json.Int("max_position_embeddings"),
            Embedding = new EmbeddingConfig
            {
                Tied = json.Bool("tie_word_embeddings", true),
                OutputBias = false,
                Width = width,
                Transform = width is null ? null : new OutputTransformConfig { Width = width },
            },
            Positions = PositionKind.Learned,
            Norm = new NormConfig
            {
                Kind = NormKind.LayerNorm,
                Placement = json.Bool("do_layer_norm_before", true)
                    ? NormPlacement.Pre : NormPlacement.Post,
            },
            Attention = new AttentionConfig
            {
                Heads = heads,
                DHead = json.HeadDim(dModel, heads),
                Biases = true,
            },
            Mlp = new MlpConfig
            {
                Width = json.Int("ffn_dim"),
                Activation = json.Activation("activation_function"),
                Biases = true,
            },
        };
    }
}
