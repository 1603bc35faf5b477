using Vitrine.Models.Positions;
using Vitrine.Tensors;

namespace Vitrine.Models.Families.Gguf;

/// <summary>What an architecture of GGUF files has that its keys and tensors do not say.</summary>
/// <param name="Change">Changes the config that they give.</param>
/// <param name="Weights">Rows of the table that differ.</param>
internal sealed record GgufArchitecture(
    Func<GgufFields, TransformerConfig, TransformerConfig> Change,
    Func<GgufFields, string> Weights);

/// <summary>Every architecture of GGUF files that opens, by name.</summary>
internal static class GgufArchitectures
{
    // Row 2i + j of a head is row j · dHead / 2 + i of the published weights.
    private const string Interleaved = """

        blocks.{i}.attn.W_Q    blk.{i}.attn_q.weight    (head pair half) dModel
        blocks.{i}.attn.W_K    blk.{i}.attn_k.weight    (kvHead pair half) dModel
        blocks.{i}.attn.b_Q    blk.{i}.attn_q.bias      (head pair half)
        blocks.{i}.attn.b_K    blk.{i}.attn_k.bias      (kvHead pair half)
        """;

    private const string GateAndUp = """

        blocks.{i}.mlp.W_gate    blk.{i}.ffn_up.weight    (dMlp'|dMlp) dModel
        blocks.{i}.mlp.W_in      blk.{i}.ffn_up.weight    (dMlp|dMlp') dModel
        """;

    private const string Stacked = """

        blocks.{i}.attn.q_norm.w    blk.{i}.attn_q_norm.weight    head dHead -> head dHead
        blocks.{i}.attn.k_norm.w    blk.{i}.attn_k_norm.weight    kvHead dHead -> kvHead dHead
        """;

    public static IReadOnlyDictionary<string, GgufArchitecture> All { get; } =
        new Dictionary<string, GgufArchitecture>
        {
            ["llama"] = With((_, config) => config, Interleaved),
            ["qwen2"] = With((_, config) => config),
            ["qwen2moe"] = With((_, config) => Experts(config, renormalise: false)),
            ["qwen3"] = With((_, config) => config),
            ["qwen3moe"] = With((_, config) => config),
            ["gemma"] = With((_, config) => Gemma(config)),
            ["gemma2"] = With(Gemma2),
            ["gemma3"] = With(Gemma3),
            ["gpt2"] = With(
                (_, config) => Plain(config, ActivationKind.GeluTanh)),
            ["starcoder"] = With(
                (_, config) => Plain(config, ActivationKind.GeluTanh)),
            ["starcoder2"] = With(
                (_, config) => Plain(config, ActivationKind.GeluTanh)),
            ["gptneox"] = With(
                (fields, config) => Plain(config, ActivationKind.Gelu) with
                {
                    Parallel = fields.FlagOr(true, "use_parallel_residual")
                        ? ParallelKind.TwoNorms : ParallelKind.None,
                }),
            ["falcon"] = new(
                (fields, config) => Plain(config, ActivationKind.Gelu) with
                {
                    Parallel = fields.LayerHas("attn_norm_2.weight")
                        ? ParallelKind.TwoNorms : ParallelKind.OneNorm,
                },
                fields => !fields.LayerHas("attn_norm_2.weight") ? "" : """

                    blocks.{i}.ln1.w    blk.{i}.attn_norm_2.weight    dModel
                    blocks.{i}.ln1.b    blk.{i}.attn_norm_2.bias      dModel
                    blocks.{i}.ln2.w    blk.{i}.attn_norm.weight      dModel
                    blocks.{i}.ln2.b    blk.{i}.attn_norm.bias        dModel
                    """),
            ["bloom"] = With((_, config) => Plain(config, ActivationKind.GeluTanh) with
            {
                Positions = new PositionConfig
                {
                    Kind = PositionKind.Alibi,
                    AlibiForm = AlibiForm.KeyPosition,
                },
            }),
            ["mpt"] = With(Mpt),
            ["phi2"] = With((_, config) => Plain(config, ActivationKind.GeluTanh) with
            {
                Parallel = ParallelKind.OneNorm,
            }),
            ["phi3"] = With(
                (fields, config) => config with
                {
                    Attention = config.Attention!.With(
                        heads => heads with
                        {
                            Window = fields.MaybeInt("attention.sliding_window"),
                        }),
                    Mlp = config.Mlp!.With(mlp => mlp with { Gated = true }),
                },
                GateAndUp),
            ["stablelm"] = With(
                (fields, config) => config with
                {
                    Attention = config.Attention!.With(heads => Stack(config, heads)),
                    Parallel = fields.FlagOr(false, "use_parallel_residual")
                        ? ParallelKind.OneNorm : ParallelKind.None,
                },
                Stacked),
            ["olmo"] = With(
                (_, config) => config with
                {
                    Norm = config.Norm with { Parameters = NormParameters.None },
                },
                Interleaved),
            ["olmo2"] = With(
                (_, config) => config with
                {
                    Norm = config.Norm with { Placement = NormPlacement.Output },
                    Attention = config.Attention!.With(heads => heads with
                    {
                        QkNorm = heads.QkNorm! with { Scope = QkNormScope.AllHeads },
                    }),
                },
                """

                blocks.{i}.attn.q_norm.w    blk.{i}.attn_q_norm.weight    (head dHead) -> head dHead
                blocks.{i}.attn.k_norm.w    blk.{i}.attn_k_norm.weight    (kvHead dHead) -> kvHead dHead
                """),
            ["command-r"] = With(
                (fields, config) => config with
                {
                    Embedding = config.Embedding with
                    {
                        LogitScale = fields.MaybeFloat("logit_scale"),
                    },
                    Positions = fields.Rotary(RotaryPairing.Adjacent),
                    Attention = config.Attention!.With(heads => Stack(config, heads)),
                    Parallel = ParallelKind.OneNorm,
                },
                Stacked),
            ["granite"] = With(
                (fields, config) => config with
                {
                    Embedding = config.Embedding with
                    {
                        Scale = fields.MaybeFloat("embedding_scale"),
                        LogitScale = fields.MaybeFloat("logit_scale") is { } scale
                            ? 1 / scale : null,
                    },
                    Attention = config.Attention!.With(heads => heads with
                    {
                        Scale = fields.MaybeFloat("attention.scale"),
                    }),
                    ResidualScale = fields.MaybeFloat("residual_scale"),
                },
                Interleaved),
            ["smollm3"] = With(
                (_, config) => config with
                {
                    Attention = PerLayer(config, (heads, layer) => heads with
                    {
                        Positions = (layer + 1) % 4 == 0 ? PositionKind.None : null,
                    }),
                },
                Interleaved),
            ["gpt-oss"] = With(GptOss, """

                blocks.{i}.ln2.w    blk.{i}.post_attention_norm.weight    dModel
                """),
            ["bert"] = With(GgufEncoders.Bert, GgufEncoders.BertWeights),
            ["modern-bert"] = With(GgufEncoders.ModernBert, GateAndUp),
            ["t5"] = new(GgufEncoders.T5, _ => GgufEncoders.T5Weights),
        };

    internal static PerLayer<AttentionConfig> PerLayer(
        TransformerConfig config, Func<AttentionConfig, int, AttentionConfig> change) => new(
        [
            .. Enumerable.Range(0, config.Layers)
                .Select(layer => change(config.Attention![layer], layer)),
        ]);

    private static GgufArchitecture With(
        Func<GgufFields, TransformerConfig, TransformerConfig> change, string weights = "") =>
        new(change, _ => weights);

    /// <summary>An MLP that is not gated.</summary>
    private static TransformerConfig Plain(TransformerConfig config, ActivationKind activation) =>
        config with { Mlp = config.Mlp!.With(mlp => mlp with { Activation = activation }) };

    private static TransformerConfig Experts(TransformerConfig config, bool renormalise) =>
        config with
        {
            Mlp = config.Mlp!.With(mlp => mlp with
            {
                Experts = mlp.Experts! with { Renormalise = renormalise },
            }),
        };

    /// <summary>LayerNorms of queries and keys with a weight for each head.</summary>
    private static AttentionConfig Stack(TransformerConfig config, AttentionConfig heads) =>
        heads.QkNorm is null ? heads : heads with
        {
            QkNorm = new()
            {
                Kind = NormKind.LayerNorm,
                Scope = QkNormScope.EachHead,
                Epsilon = config.Norm.Epsilon,
            },
        };

    // The norms' weights are stored as they multiply, 1 + w.
    private static TransformerConfig Gemma(TransformerConfig config) =>
        Plain(config, ActivationKind.GeluTanh) with
        {
            Embedding = config.Embedding with { Scale = MathF.Sqrt(config.DModel) },
        };

    private static TransformerConfig Gemma2(GgufFields fields, TransformerConfig config)
    {
        config = Gemma(config);
        return config with
        {
            Embedding = config.Embedding with
            {
                LogitSoftCap = fields.MaybeFloat("final_logit_softcapping"),
            },
            Norm = config.Norm with { Placement = NormPlacement.Sandwich },
            Attention = PerLayer(config, (heads, layer) => heads with
            {
                SoftCap = fields.MaybeFloat("attn_logit_softcapping"),
                Window = layer % 2 == 0 ? fields.MaybeInt("attention.sliding_window") : null,
            }),
        };
    }

    private static TransformerConfig Gemma3(GgufFields fields, TransformerConfig config)
    {
        config = Gemma(config);
        int pattern = fields.IntOr(6, "attention.sliding_window_pattern");
        PositionConfig local = config.Positions with
        {
            RotaryBase = fields.FloatOr(10_000, "rope.freq_base_swa"),
            RotaryScaling = null,
        };
        return config with
        {
            Norm = config.Norm with { Placement = NormPlacement.Sandwich },
            Attention = PerLayer(
                config, (heads, layer) => layer % pattern == pattern - 1 ? heads : heads with
                {
                    Window = fields.MaybeInt("attention.sliding_window"),
                    Positions = local,
                }),
        };
    }

    private static TransformerConfig Mpt(GgufFields fields, TransformerConfig config) =>
        Plain(config, ActivationKind.Gelu) with
        {
            Positions = fields.FloatOr(0, "attention.max_alibi_bias") == 8
                ? new PositionConfig
                {
                    Kind = PositionKind.Alibi,
                    AlibiForm = AlibiForm.KeyPositionFromEnd,
                }
                : throw new InvalidDataException(
                    "attention.max_alibi_bias must be 8; others are not supported."),
        };

    private static TransformerConfig GptOss(GgufFields fields, TransformerConfig config) =>
        config with
        {
            Attention = PerLayer(config, (heads, layer) => heads with
            {
                Sinks = true,
                Window = layer % 2 == 0 ? fields.MaybeInt("attention.sliding_window") : null,
            }),
            Mlp = config.Mlp!.With(mlp => mlp with
            {
                Activation = ActivationKind.QuickGelu,
                Limit = 7,
                UpOffset = 1,
            }),
        };
}
