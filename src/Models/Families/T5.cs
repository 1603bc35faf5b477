using Vitrine.Models.Positions;

namespace Vitrine.Models.Families;

/// <summary>T5, T5 1.1, Flan-T5.</summary>
internal sealed class T5 : Family
{
    public override string Name => "t5";

    public override string Models => "T5, T5 1.1, Flan-T5";

    internal override string Weights => """
        embed.W_E                     shared.weight                                            vocab dModel
        encoder_blocks.{i}.ln1.w           encoder.block.{i}.layer.0.layer_norm.weight             dModel
        encoder_blocks.{i}.attn.W_Q      encoder.block.{i}.layer.0.SelfAttention.q.weight        (head dHead) dModel
        encoder_blocks.{i}.attn.W_K      encoder.block.{i}.layer.0.SelfAttention.k.weight        (kvHead dHead) dModel
        encoder_blocks.{i}.attn.W_V      encoder.block.{i}.layer.0.SelfAttention.v.weight        (kvHead dHead) dModel
        encoder_blocks.{i}.attn.W_O      encoder.block.{i}.layer.0.SelfAttention.o.weight        dModel (head dHead)
        encoder_blocks.{i}.attn.rel_pos_bias.weight  encoder.block.{i}.layer.0.SelfAttention.relative_attention_bias.weight  bucket head
        encoder_blocks.{i}.ln2.w           encoder.block.{i}.layer.1.layer_norm.weight             dModel
        encoder_blocks.{i}.mlp.W_in        encoder.block.{i}.layer.1.DenseReluDense.wi|wi_1.weight  dMlp dModel
        encoder_blocks.{i}.mlp.W_gate      encoder.block.{i}.layer.1.DenseReluDense.wi_0.weight     dMlp dModel
        encoder_blocks.{i}.mlp.W_out       encoder.block.{i}.layer.1.DenseReluDense.wo.weight       dModel dMlp
        encoder_ln_final.w           encoder.final_layer_norm.weight                        dModel
        decoder_blocks.{i}.ln1.w           decoder.block.{i}.layer.0.layer_norm.weight             dModel
        decoder_blocks.{i}.self_attn.W_Q      decoder.block.{i}.layer.0.SelfAttention.q.weight        (head dHead) dModel
        decoder_blocks.{i}.self_attn.W_K      decoder.block.{i}.layer.0.SelfAttention.k.weight        (kvHead dHead) dModel
        decoder_blocks.{i}.self_attn.W_V      decoder.block.{i}.layer.0.SelfAttention.v.weight        (kvHead dHead) dModel
        decoder_blocks.{i}.self_attn.W_O      decoder.block.{i}.layer.0.SelfAttention.o.weight        dModel (head dHead)
        decoder_blocks.{i}.self_attn.rel_pos_bias.weight  decoder.block.{i}.layer.0.SelfAttention.relative_attention_bias.weight  bucket head
        decoder_blocks.{i}.ln2.w           decoder.block.{i}.layer.1.layer_norm.weight             dModel
        decoder_blocks.{i}.cross_attn.W_Q  decoder.block.{i}.layer.1.EncDecAttention.q.weight      (head dHead) dModel
        decoder_blocks.{i}.cross_attn.W_K  decoder.block.{i}.layer.1.EncDecAttention.k.weight      (kvHead dHead) dModel
        decoder_blocks.{i}.cross_attn.W_V  decoder.block.{i}.layer.1.EncDecAttention.v.weight      (kvHead dHead) dModel
        decoder_blocks.{i}.cross_attn.W_O  decoder.block.{i}.layer.1.EncDecAttention.o.weight      dModel (head dHead)
        decoder_blocks.{i}.ln3.w           decoder.block.{i}.layer.2.layer_norm.weight             dModel
        decoder_blocks.{i}.mlp.W_in        decoder.block.{i}.layer.2.DenseReluDense.wi|wi_1.weight  dMlp dModel
        decoder_blocks.{i}.mlp.W_gate      decoder.block.{i}.layer.2.DenseReluDense.wi_0.weight     dMlp dModel
        decoder_blocks.{i}.mlp.W_out       decoder.block.{i}.layer.2.DenseReluDense.wo.weight       dModel dMlp
        decoder_ln_final.w           decoder.final_layer_norm.weight                        dModel
        unembed.W_U                   lm_head.weight                                           vocab dModel
        -                             encoder.embed_tokens.weight
        -                             decoder.embed_tokens.weight
        -                             decoder.block.{i}.layer.1.EncDecAttention.relative_attention_bias.weight
        """;

    // A tied unembedding reads the last state times dModel^(−½).
    internal override TransformerConfig Read(HfConfig json)
    {
        string kind = json.Has("feed_forward_proj") ? json.Text("feed_forward_proj") : "relu";
        ActivationKind activation = kind switch
        {
            "relu" => ActivationKind.Relu,
            "gated-gelu" => ActivationKind.GeluTanh,
            "gated-silu" => ActivationKind.Silu,
            _ => throw new InvalidDataException(
                $"feed_forward_proj is '{PrintableText.Value(kind)}', which is not supported; "
                + "relu, gated-gelu and gated-silu are."),
        };
        int dModel = json.Int("d_model");
        bool tied = json.Bool("tie_word_embeddings", true);
        var stack = new TransformerConfig
        {
            Vocabulary = json.Int("vocab_size"),
            DModel = dModel,
            Layers = json.Int("num_layers"),
            Context = 1 << 20,
            IsEncoder = true,
            Embedding = new EmbeddingConfig { Tied = true, OutputBias = false },
            Positions = new PositionConfig
            {
                Kind = PositionKind.Relative,
                RelativeBuckets = json.IntOr(32, "relative_attention_num_buckets"),
                RelativeMaxDistance = json.IntOr(128, "relative_attention_max_distance"),
                RelativeShared = true,
            },
            Norm = json.Norm(NormKind.RmsNorm, 1e-6f, "layer_norm_epsilon"),
            Attention = new AttentionConfig
            {
                Heads = json.Int("num_heads"),
                DHead = json.Int("d_kv"),
                Scale = 1,
            },
            Mlp = new MlpConfig
            {
                Width = json.Int("d_ff"),
                Activation = activation,
                Gated = kind.StartsWith("gated", StringComparison.Ordinal),
            },
        };
        return stack with
        {
            Layers = json.IntOr(stack.Layers, "num_decoder_layers"),
            IsEncoder = false,
            Encoder = stack,
            Embedding = new EmbeddingConfig
            {
                Tied = tied,
                OutputBias = false,
                LogitScale = tied ? 1 / MathF.Sqrt(dModel) : null,
            },
        };
    }
}
