using Vitrine.Models.Positions;

namespace Vitrine.Models.Families;

/// <summary>What BART and Marian share: encoder and decoder with norms after every part, and the
/// tensors' names.</summary>
internal abstract class BartFamily : Family
{
    internal override string Prefix => "model.";

    internal override string Weights => """
        embed.W_E    model.shared.weight    vocab dModel
        encoder_pos_embed.W_pos    model.encoder.embed_positions.weight    (2|context') dModel -> context dModel
        encoder_embed.ln.w    model.encoder.layernorm_embedding.weight    dModel
        encoder_embed.ln.b    model.encoder.layernorm_embedding.bias      dModel
        encoder_blocks.{i}.attn.W_Q    model.encoder.layers.{i}.self_attn.q_proj.weight    (head dHead) dModel
        encoder_blocks.{i}.attn.b_Q    model.encoder.layers.{i}.self_attn.q_proj.bias      (head dHead)
        encoder_blocks.{i}.attn.W_K    model.encoder.layers.{i}.self_attn.k_proj.weight    (kvHead dHead) dModel
        encoder_blocks.{i}.attn.b_K    model.encoder.layers.{i}.self_attn.k_proj.bias      (kvHead dHead)
        encoder_blocks.{i}.attn.W_V    model.encoder.layers.{i}.self_attn.v_proj.weight    (kvHead dHead) dModel
        encoder_blocks.{i}.attn.b_V    model.encoder.layers.{i}.self_attn.v_proj.bias      (kvHead dHead)
        encoder_blocks.{i}.attn.W_O    model.encoder.layers.{i}.self_attn.out_proj.weight    dModel (head dHead)
        encoder_blocks.{i}.attn.b_O    model.encoder.layers.{i}.self_attn.out_proj.bias      dModel
        encoder_blocks.{i}.ln1.w    model.encoder.layers.{i}.self_attn_layer_norm.weight    dModel
        encoder_blocks.{i}.ln1.b    model.encoder.layers.{i}.self_attn_layer_norm.bias      dModel
        encoder_blocks.{i}.mlp.W_in    model.encoder.layers.{i}.fc1.weight    dMlp dModel
        encoder_blocks.{i}.mlp.b_in    model.encoder.layers.{i}.fc1.bias      dMlp
        encoder_blocks.{i}.mlp.W_out    model.encoder.layers.{i}.fc2.weight    dModel dMlp
        encoder_blocks.{i}.mlp.b_out    model.encoder.layers.{i}.fc2.bias      dModel
        encoder_blocks.{i}.ln2.w    model.encoder.layers.{i}.final_layer_norm.weight    dModel
        encoder_blocks.{i}.ln2.b    model.encoder.layers.{i}.final_layer_norm.bias      dModel
        pos_embed.W_pos    model.decoder.embed_positions.weight    (2|context') dModel -> context dModel
        embed.ln.w    model.decoder.layernorm_embedding.weight    dModel
        embed.ln.b    model.decoder.layernorm_embedding.bias      dModel
        decoder_blocks.{i}.self_attn.W_Q    model.decoder.layers.{i}.self_attn.q_proj.weight    (head dHead) dModel
        decoder_blocks.{i}.self_attn.b_Q    model.decoder.layers.{i}.self_attn.q_proj.bias      (head dHead)
        decoder_blocks.{i}.self_attn.W_K    model.decoder.layers.{i}.self_attn.k_proj.weight    (kvHead dHead) dModel
        decoder_blocks.{i}.self_attn.b_K    model.decoder.layers.{i}.self_attn.k_proj.bias      (kvHead dHead)
        decoder_blocks.{i}.self_attn.W_V    model.decoder.layers.{i}.self_attn.v_proj.weight    (kvHead dHead) dModel
        decoder_blocks.{i}.self_attn.b_V    model.decoder.layers.{i}.self_attn.v_proj.bias      (kvHead dHead)
        decoder_blocks.{i}.self_attn.W_O    model.decoder.layers.{i}.self_attn.out_proj.weight    dModel (head dHead)
        decoder_blocks.{i}.self_attn.b_O    model.decoder.layers.{i}.self_attn.out_proj.bias      dModel
        decoder_blocks.{i}.ln1.w    model.decoder.layers.{i}.self_attn_layer_norm.weight    dModel
        decoder_blocks.{i}.ln1.b    model.decoder.layers.{i}.self_attn_layer_norm.bias      dModel
        decoder_blocks.{i}.cross_attn.W_Q    model.decoder.layers.{i}.encoder_attn.q_proj.weight    (head dHead) dModel
        decoder_blocks.{i}.cross_attn.b_Q    model.decoder.layers.{i}.encoder_attn.q_proj.bias      (head dHead)
        decoder_blocks.{i}.cross_attn.W_K    model.decoder.layers.{i}.encoder_attn.k_proj.weight    (kvHead dHead) dModel
        decoder_blocks.{i}.cross_attn.b_K    model.decoder.layers.{i}.encoder_attn.k_proj.bias      (kvHead dHead)
        decoder_blocks.{i}.cross_attn.W_V    model.decoder.layers.{i}.encoder_attn.v_proj.weight    (kvHead dHead) dModel
        decoder_blocks.{i}.cross_attn.b_V    model.decoder.layers.{i}.encoder_attn.v_proj.bias      (kvHead dHead)
        decoder_blocks.{i}.cross_attn.W_O    model.decoder.layers.{i}.encoder_attn.out_proj.weight    dModel (head dHead)
        decoder_blocks.{i}.cross_attn.b_O    model.decoder.layers.{i}.encoder_attn.out_proj.bias      dModel
        decoder_blocks.{i}.ln2.w    model.decoder.layers.{i}.encoder_attn_layer_norm.weight    dModel
        decoder_blocks.{i}.ln2.b    model.decoder.layers.{i}.encoder_attn_layer_norm.bias      dModel
        decoder_blocks.{i}.mlp.W_in    model.decoder.layers.{i}.fc1.weight    dMlp dModel
        decoder_blocks.{i}.mlp.b_in    model.decoder.layers.{i}.fc1.bias      dMlp
        decoder_blocks.{i}.mlp.W_out    model.decoder.layers.{i}.fc2.weight    dModel dMlp
        decoder_blocks.{i}.mlp.b_out    model.decoder.layers.{i}.fc2.bias      dModel
        decoder_blocks.{i}.ln3.w    model.decoder.layers.{i}.final_layer_norm.weight    dModel
        decoder_blocks.{i}.ln3.b    model.decoder.layers.{i}.final_layer_norm.bias      dModel
        unembed.W_U    lm_head.weight    vocab dModel
        unembed.b_U    final_logits_bias    1 vocab -> vocab
        -    model.encoder.embed_tokens.weight
        -    model.decoder.embed_tokens.weight
        """;

    internal override TransformerConfig Read(HfConfig json)
    {
        json.Require("normalize_before", "false").Require("add_final_layer_norm", "false");
        return Stack(json, "decoder") with { Encoder = Stack(json, "encoder") };
    }

    private protected virtual PositionConfig Positions => PositionKind.Learned;

    private protected virtual bool NormsEmbedding => true;

    private TransformerConfig Stack(HfConfig json, string stack)
    {
        int dModel = json.Int("d_model");
        int heads = json.Int($"{stack}_attention_heads");
        return new TransformerConfig
        {
            Vocabulary = json.Int("vocab_size"),
            DModel = dModel,
            Layers = json.Int($"{stack}_layers"),
            Context = json.Int("max_position_embeddings"),
            IsEncoder = stack == "encoder",
            Embedding = new EmbeddingConfig
            {
                Tied = json.Bool("tie_word_embeddings", true),
                Norm = NormsEmbedding,
                Scale = json.Bool("scale_embedding") ? MathF.Sqrt(dModel) : null,
            },
            Positions = Positions,
            Norm = new NormConfig { Kind = NormKind.LayerNorm, Placement = NormPlacement.Post },
            Attention = new AttentionConfig
            {
                Heads = heads,
                DHead = json.HeadDim(dModel, heads),
                Biases = true,
            },
            Mlp = new MlpConfig
            {
                Width = json.Int($"{stack}_ffn_dim"),
                Activation = json.Activation("activation_function"),
                Biases = true,
            },
        };
    }
}
