using Vitrine.Models.Positions;

namespace Vitrine.Models.Families;

/// <summary>What the families that follow GPT-2 share: learned positions, LayerNorm with biases, an
/// MLP that is not gated, and the tensors' names.</summary>
internal abstract class GptFamily : Family
{
    internal override string Prefix => "transformer.";

    internal override string Weights => """
        embed.W_E                transformer.wte.weight                    vocab dModel
        pos_embed.W_pos          transformer.wpe.weight                    context dModel
        blocks.{i}.ln1.w         transformer.h.{i}.ln_1.weight             dModel
        blocks.{i}.ln1.b         transformer.h.{i}.ln_1.bias               dModel
        blocks.{i}.attn.W_Q      transformer.h.{i}.attn.c_attn.weight      dModel ((1'|1|1) head dHead)
        blocks.{i}.attn.W_K      transformer.h.{i}.attn.c_attn.weight      dModel ((1|1'|1) kvHead dHead)
        blocks.{i}.attn.W_V      transformer.h.{i}.attn.c_attn.weight      dModel ((1|1|1') kvHead dHead)
        blocks.{i}.attn.b_Q      transformer.h.{i}.attn.c_attn.bias        ((1'|1|1) head dHead)
        blocks.{i}.attn.b_K      transformer.h.{i}.attn.c_attn.bias        ((1|1'|1) kvHead dHead)
        blocks.{i}.attn.b_V      transformer.h.{i}.attn.c_attn.bias        ((1|1|1') kvHead dHead)
        blocks.{i}.attn.W_O      transformer.h.{i}.attn.c_proj.weight      (head dHead) dModel
        blocks.{i}.attn.b_O      transformer.h.{i}.attn.c_proj.bias        dModel
        blocks.{i}.ln2.w         transformer.h.{i}.ln_2.weight             dModel
        blocks.{i}.ln2.b         transformer.h.{i}.ln_2.bias               dModel
        blocks.{i}.mlp.W_in      transformer.h.{i}.mlp.c_fc.weight         dModel dMlp
        blocks.{i}.mlp.b_in      transformer.h.{i}.mlp.c_fc.bias           dMlp
        blocks.{i}.mlp.W_out     transformer.h.{i}.mlp.c_proj.weight       dMlp dModel
        blocks.{i}.mlp.b_out     transformer.h.{i}.mlp.c_proj.bias         dModel
        ln_final.w               transformer.ln_f.weight                   dModel
        ln_final.b               transformer.ln_f.bias                     dModel
        unembed.W_U              lm_head.weight                            vocab dModel
        -                        transformer.h.{i}.attn.bias
        -                        h.{i}.attn.bias
        -                        h.{i}.attn.masked_bias
        -                        h.{i}.attn.attention.bias
        -                        h.{i}.attn.attention.masked_bias
        """;

    internal override TransformerConfig Read(HfConfig json)
    {
        json.Require("add_cross_attention", "false").Require("scale_attn_weights", "true");
        int dModel = json.Int("n_embd", "hidden_size");
        int heads = json.Int("n_head", "num_heads", "num_attention_heads");
        return new TransformerConfig
        {
            Vocabulary = json.Int("vocab_size"),
            DModel = dModel,
            Layers = json.Int("n_layer", "num_layers", "num_hidden_layers"),
            Context = json.Int("n_positions", "max_position_embeddings"),
            Embedding = new EmbeddingConfig
            {
                Tied = json.Bool("tie_word_embeddings", true),
                OutputBias = false,
            },
            Positions = PositionKind.Learned,
            Norm = json.Norm(NormKind.LayerNorm, 1e-5f, "layer_norm_epsilon"),
            Attention = new AttentionConfig
            {
                Heads = heads,
                DHead = json.HeadDim(dModel, heads),
                Biases = true,
            },
            Mlp = new MlpConfig
            {
                Width = json.IntOr(4 * dModel, "n_inner", "intermediate_size"),
                Activation = json.Activation("activation_function", "afn"),
                Biases = true,
            },
        };
    }
}
