namespace Vitrine.Models.Families;

/// <summary>What the Gemma families share: embeddings times √dModel, norms whose weights are stored
/// less 1, and a tied unembedding.</summary>
internal abstract class GemmaFamily : DecoderFamily
{
    private protected override bool TiesByDefault => true;

    internal override TransformerConfig Read(HfConfig json)
    {
        TransformerConfig config = base.Read(json);
        float scale = MathF.Sqrt(config.DModel);
        bool isRounded = (json.Has("torch_dtype") || json.Has("dtype"))
            && json.Text("dtype", "torch_dtype") == "bfloat16";
        return config with
        {
            Embedding = config.Embedding with
            {
                Scale = isRounded ? (float)(Vitrine.Tensors.BFloat16)scale : scale,
                LogitSoftCap = json.MaybeFloat("final_logit_softcapping"),
            },
            Norm = config.Norm with { UnitOffset = true },
            Mlp = config.Mlp!.With(mlp => mlp with
            {
                Activation = mlp.Activation == ActivationKind.Gelu
                    ? ActivationKind.GeluTanh : mlp.Activation,
            }),
        };
    }

    /// <summary>Norms on both sides of every part, scores scaled and capped, and windows in the
    /// layers that slide.</summary>
    private protected static TransformerConfig Sandwiched(
        TransformerConfig config, HfConfig json, Func<int, bool> slides)
    {
        bool[]? listed = json.Kinds("layer_types", "sliding_attention", "full_attention");
        float scale = json.Float(config.Attention![0].DHead, "query_pre_attn_scalar");
        return config with
        {
            Norm = config.Norm with { Placement = NormPlacement.Sandwich },
            Attention = Windows(
                config.Attention.With(heads => heads with
                {
                    Scale = 1 / MathF.Sqrt(scale),
                    SoftCap = json.MaybeFloat("attn_logit_softcapping"),
                }),
                config.Layers, json.MaybeInt("sliding_window"),
                layer => listed?[layer] ?? slides(layer)),
        };
    }

    /// <summary>The names of the norms on both sides.</summary>
    private protected const string SandwichNorms = """

        blocks.{i}.ln1_post.w    model.layers.{i}.post_attention_layernorm.weight      dModel
        blocks.{i}.ln2.w         model.layers.{i}.pre_feedforward_layernorm.weight     dModel
        blocks.{i}.ln2_post.w    model.layers.{i}.post_feedforward_layernorm.weight    dModel
        """;
}
