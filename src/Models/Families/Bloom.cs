using Vitrine.Models.Positions;

namespace Vitrine.Models.Families;

/// <summary>BLOOM, BLOOMZ.</summary>
internal sealed class Bloom : Family
{
    public override string Name => "bloom";

    public override string Models => "BLOOM, BLOOMZ";

    internal override string Prefix => "transformer.";

    internal override string Weights => """
        embed.W_E              transformer.word_embeddings.weight                            vocab dModel
        embed.ln.w             transformer.word_embeddings_layernorm.weight                  dModel
        embed.ln.b             transformer.word_embeddings_layernorm.bias                    dModel
        blocks.{i}.ln1.w       transformer.h.{i}.input_layernorm.weight                      dModel
        blocks.{i}.ln1.b       transformer.h.{i}.input_layernorm.bias                        dModel
        blocks.{i}.attn.W_Q    transformer.h.{i}.self_attention.query_key_value.weight       (head (1'|1|1) dHead) dModel
        blocks.{i}.attn.W_K    transformer.h.{i}.self_attention.query_key_value.weight       (kvHead (1|1'|1) dHead) dModel
        blocks.{i}.attn.W_V    transformer.h.{i}.self_attention.query_key_value.weight       (kvHead (1|1|1') dHead) dModel
        blocks.{i}.attn.b_Q    transformer.h.{i}.self_attention.query_key_value.bias         (head (1'|1|1) dHead)
        blocks.{i}.attn.b_K    transformer.h.{i}.self_attention.query_key_value.bias         (kvHead (1|1'|1) dHead)
        blocks.{i}.attn.b_V    transformer.h.{i}.self_attention.query_key_value.bias         (kvHead (1|1|1') dHead)
        blocks.{i}.attn.W_O    transformer.h.{i}.self_attention.dense.weight                 dModel (head dHead)
        blocks.{i}.attn.b_O    transformer.h.{i}.self_attention.dense.bias                   dModel
        blocks.{i}.ln2.w       transformer.h.{i}.post_attention_layernorm.weight             dModel
        blocks.{i}.ln2.b       transformer.h.{i}.post_attention_layernorm.bias               dModel
        blocks.{i}.mlp.W_in    transformer.h.{i}.mlp.dense_h_to_4h.weight                    dMlp dModel
        blocks.{i}.mlp.b_in    transformer.h.{i}.mlp.dense_h_to_4h.bias                      dMlp
        blocks.{i}.mlp.W_out   transformer.h.{i}.mlp.dense_4h_to_h.weight                    dModel dMlp
        blocks.{i}.mlp.b_out   transformer.h.{i}.mlp.dense_4h_to_h.bias                      dModel
        ln_final.w             transformer.ln_f.weight                                       dModel
        ln_final.b             transformer.ln_f.bias                                         dModel
        unembed.W_U            lm_head.weight                                                vocab dModel
        """;

    internal override TransformerConfig Read(HfConfig json)
    {
        json.Require("apply_residual_connection_post_layernorm", "false");
        int dModel = json.Int("hidden_size", "n_embed");
        int heads = json.Int("n_head", "num_attention_heads");
        return new TransformerConfig
        {
            Vocabulary = json.Int("vocab_size"),
            DModel = dModel,
            Layers = json.Int("n_layer", "num_hidden_layers"),
            Context = json.IntOr(2048, "seq_length"),
            Embedding = new EmbeddingConfig
            {
                Tied = json.Bool("tie_word_embeddings", true),
                OutputBias = false,
                Norm = true,
            },
            Positions = new PositionConfig
            {
                Kind = PositionKind.Alibi,
                AlibiForm = AlibiForm.KeyPosition,
            },
            Norm = json.Norm(NormKind.LayerNorm, 1e-5f, "layer_norm_epsilon"),
            Attention = new AttentionConfig
            {
                Heads = heads,
                DHead = json.HeadDim(dModel, heads),
                Biases = true,
            },
            Mlp = new MlpConfig
            {
                Width = 4 * dModel,
                Activation = ActivationKind.GeluTanh,
                Biases = true,
            },
        };
    }
}
