using Vitrine.Models.Positions;

namespace Vitrine.Models.Families.Gguf;

/// <summary>The encoders and encoder-decoders among GGUF's architectures.</summary>
internal static class GgufEncoders
{
    public const string BertWeights = """

        blocks.{i}.ln1.w    blk.{i}.attn_output_norm.weight     dModel
        blocks.{i}.ln1.b    blk.{i}.attn_output_norm.bias       dModel
        blocks.{i}.ln2.w    blk.{i}.layer_output_norm.weight    dModel
        blocks.{i}.ln2.b    blk.{i}.layer_output_norm.bias      dModel
        """;

    public const string T5Weights = """

        encoder_blocks.{i}.ln1.w    enc.blk.{i}.attn_norm.weight    dModel
        encoder_blocks.{i}.attn.W_Q    enc.blk.{i}.attn_q.weight    (head dHead) dModel
        encoder_blocks.{i}.attn.W_K    enc.blk.{i}.attn_k.weight    (kvHead dHead) dModel
        encoder_blocks.{i}.attn.W_V    enc.blk.{i}.attn_v.weight    (kvHead dHead) dModel
        encoder_blocks.{i}.attn.W_O    enc.blk.{i}.attn_o.weight    dModel (head dHead)
        encoder_blocks.{i}.attn.rel_pos_bias.weight    enc.blk.{i}.attn_rel_b.weight    bucket head
        encoder_blocks.{i}.ln2.w    enc.blk.{i}.ffn_norm.weight    dModel
        encoder_blocks.{i}.mlp.W_gate    enc.blk.{i}.ffn_gate.weight    dMlp dModel
        encoder_blocks.{i}.mlp.W_in    enc.blk.{i}.ffn_up.weight    dMlp dModel
        encoder_blocks.{i}.mlp.W_out    enc.blk.{i}.ffn_down.weight    dModel dMlp
        encoder_ln_final.w    enc.output_norm.weight    dModel
        decoder_blocks.{i}.ln1.w    dec.blk.{i}.attn_norm.weight    dModel
        decoder_blocks.{i}.self_attn.W_Q    dec.blk.{i}.attn_q.weight    (head dHead) dModel
        decoder_blocks.{i}.self_attn.W_K    dec.blk.{i}.attn_k.weight    (kvHead dHead) dModel
        decoder_blocks.{i}.self_attn.W_V    dec.blk.{i}.attn_v.weight    (kvHead dHead) dModel
        decoder_blocks.{i}.self_attn.W_O    dec.blk.{i}.attn_o.weight    dModel (head dHead)
        decoder_blocks.{i}.self_attn.rel_pos_bias.weight    dec.blk.{i}.attn_rel_b.weight    bucket head
        decoder_blocks.{i}.ln2.w    dec.blk.{i}.cross_attn_norm.weight    dModel
        decoder_blocks.{i}.cross_attn.W_Q    dec.blk.{i}.cross_attn_q.weight    (head dHead) dModel
        decoder_blocks.{i}.cross_attn.W_K    dec.blk.{i}.cross_attn_k.weight    (kvHead dHead) dModel
        decoder_blocks.{i}.cross_attn.W_V    dec.blk.{i}.cross_attn_v.weight    (kvHead dHead) dModel
        decoder_blocks.{i}.cross_attn.W_O    dec.blk.{i}.cross_attn_o.weight    dModel (head dHead)
        decoder_blocks.{i}.ln3.w    dec.blk.{i}.ffn_norm.weight    dModel
        decoder_blocks.{i}.mlp.W_gate    dec.blk.{i}.ffn_gate.weight    dMlp dModel
        decoder_blocks.{i}.mlp.W_in    dec.blk.{i}.ffn_up.weight    dMlp dModel
        decoder_blocks.{i}.mlp.W_out    dec.blk.{i}.ffn_down.weight    dModel dMlp
        decoder_ln_final.w    dec.output_norm.weight    dModel
        """;

    public static TransformerConfig Bert(GgufFields fields, TransformerConfig config) => config with
    {
        IsEncoder = true,
        Embedding = config.Embedding with
        {
            NoLogits = true,
            Segments = fields.HasTensor("token_types.weight")
                ? fields.Length("token_types.weight", 0) : 0,
        },
        Norm = config.Norm with
        {
            Placement = NormPlacement.Post,
            Parameters = NormParameters.All,
        },
        Mlp = config.Mlp!.With(mlp => mlp with { Activation = ActivationKind.Gelu }),
    };

    public static TransformerConfig ModernBert(GgufFields fields, TransformerConfig config)
    {
        int pattern = fields.IntOr(3, "attention.sliding_window_pattern");
        int window = (fields.Int("attention.sliding_window") / 2) + 1;
        PositionConfig local = config.Positions with
        {
            RotaryBase = fields.FloatOr(10_000, "rope.freq_base_swa"),
        };
        return config with
        {
            IsEncoder = true,
            Embedding = config.Embedding with { NoLogits = true },
            Norm = config.Norm with { SkipsFirst = true },
            Attention = GgufArchitectures.PerLayer(
                config, (heads, layer) => layer % pattern == 0 ? heads : heads with
                {
                    Window = window,
                    Positions = local,
                }),
            Mlp = config.Mlp!.With(mlp => mlp with
            {
                Gated = true,
                Activation = ActivationKind.Gelu,
            }),
        };
    }

    // Buckets reach to 128, for which the format has no key. Tied logits are scaled as T5's.
    public static TransformerConfig T5(GgufFields fields, TransformerConfig config)
    {
        bool gated = fields.HasTensor("enc.blk.0.ffn_gate.weight");
        TransformerConfig stack = config with
        {
            IsEncoder = true,
            Embedding = new EmbeddingConfig { Tied = true, OutputBias = false },
            Positions = new PositionConfig
            {
                Kind = PositionKind.Relative,
                RelativeBuckets = fields.Int("attention.relative_buckets_count"),
                RelativeShared = true,
            },
            Attention = config.Attention!.With(heads => heads with { Scale = 1 }),
            Mlp = config.Mlp!.With(mlp => mlp with
            {
                Gated = gated,
                Activation = gated ? ActivationKind.GeluTanh : ActivationKind.Relu,
            }),
        };
        bool tied = config.Embedding.Tied;
        return stack with
        {
            Layers = fields.IntOr(stack.Layers, "decoder_block_count"),
            IsEncoder = false,
            Encoder = stack,
            Embedding = new EmbeddingConfig
            {
                Tied = tied,
                OutputBias = false,
                LogitScale = tied ? 1 / MathF.Sqrt(config.DModel) : null,
            },
        };
    }
}
