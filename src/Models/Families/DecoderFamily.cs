using Vitrine.Models.Positions;

namespace Vitrine.Models.Families;

/// <summary>What the decoders that follow Llama share: rotary positions, RMSNorm before gated MLPs
/// and grouped heads, and the tensors' names. A family changes what differs.</summary>
public abstract class DecoderFamily : Family
{
    internal override string Weights => """
        embed.W_E                model.embed_tokens.weight                             vocab dModel
        blocks.{i}.ln1.w         model.layers.{i}.input_layernorm.weight               dModel
        blocks.{i}.ln1.b         model.layers.{i}.input_layernorm.bias                 dModel
        blocks.{i}.attn.W_Q      model.layers.{i}.self_attn.q_proj.weight              (head dHead) dModel
        blocks.{i}.attn.W_K      model.layers.{i}.self_attn.k_proj.weight              (kvHead dHead) dModel
        blocks.{i}.attn.W_V      model.layers.{i}.self_attn.v_proj.weight              (kvHead dHead) dModel
        blocks.{i}.attn.W_O      model.layers.{i}.self_attn.o_proj.weight              dModel (head dHead)
        blocks.{i}.attn.b_Q      model.layers.{i}.self_attn.q_proj.bias                (head dHead)
        blocks.{i}.attn.b_K      model.layers.{i}.self_attn.k_proj.bias                (kvHead dHead)
        blocks.{i}.attn.b_V      model.layers.{i}.self_attn.v_proj.bias                (kvHead dHead)
        blocks.{i}.attn.b_O      model.layers.{i}.self_attn.o_proj.bias                dModel
        blocks.{i}.attn.q_norm.w model.layers.{i}.self_attn.q_norm.weight              dHead -> dHead
        blocks.{i}.attn.k_norm.w model.layers.{i}.self_attn.k_norm.weight              dHead -> dHead
        blocks.{i}.ln2.w         model.layers.{i}.post_attention_layernorm.weight      dModel
        blocks.{i}.ln2.b         model.layers.{i}.post_attention_layernorm.bias        dModel
        blocks.{i}.mlp.W_gate    model.layers.{i}.mlp.gate_proj.weight                 dMlp dModel
        blocks.{i}.mlp.W_in      model.layers.{i}.mlp.up_proj.weight                   dMlp dModel
        blocks.{i}.mlp.W_out     model.layers.{i}.mlp.down_proj.weight                 dModel dMlp
        blocks.{i}.mlp.b_gate    model.layers.{i}.mlp.gate_proj.bias                   dMlp
        blocks.{i}.mlp.b_in      model.layers.{i}.mlp.up_proj.bias                     dMlp
        blocks.{i}.mlp.b_out     model.layers.{i}.mlp.down_proj.bias                   dModel
        ln_final.w               model.norm.weight                                     dModel
        ln_final.b               model.norm.bias                                       dModel
        unembed.W_U              lm_head.weight                                        vocab dModel
        -                        model.layers.{i}.self_attn.rotary_emb.inv_freq
        """;

    internal override string Prefix => "model.";

    /// <summary>The config without what only some families have.</summary>
    internal override TransformerConfig Read(HfConfig json)
    {
        int heads = json.Int("num_attention_heads");
        int dModel = json.Int("hidden_size");
        int dHead = json.HeadDim(dModel, heads);
        return new TransformerConfig
        {
            Vocabulary = json.Int("vocab_size"),
            DModel = dModel,
            Layers = json.Int("num_hidden_layers"),
            Context = json.IntOr(2048, "max_position_embeddings"),
            Embedding = new EmbeddingConfig
            {
                Tied = json.Bool("tie_word_embeddings", TiesByDefault),
                OutputBias = false,
            },
            Positions = json.Rotary(dHead),
            Norm = json.Norm(NormKind.RmsNorm, 1e-6f, "rms_norm_eps"),
            Attention = new AttentionConfig
            {
                Heads = heads,
                KvHeads = json.IntOr(heads, "num_key_value_heads") is var shared && shared == heads
                    ? null : shared,
                DHead = dHead,
                Biases = json.Bool("attention_bias"),
            },
            Mlp = new MlpConfig
            {
                Width = json.Int("intermediate_size"),
                Activation = json.Activation("hidden_activation", "hidden_act"),
                Gated = true,
                Biases = json.Bool("mlp_bias"),
            },
        };
    }

    /// <summary>Whether a config that does not say so ties W_U to W_E.</summary>
    private protected virtual bool TiesByDefault => false;

    /// <summary>A window on the layers for which the list says so.</summary>
    private protected static PerLayer<AttentionConfig> Windows(
        PerLayer<AttentionConfig> attention, int layers, int? window, Func<int, bool> slides) =>
        window is null ? attention : new(
            [.. Enumerable.Range(0, layers).Select(layer => attention[layer] with
            {
                Window = slides(layer) ? window : null,
            })]);
}
