namespace Vitrine.Models.Families;

/// <summary>What the Qwen families share.</summary>
internal abstract class QwenFamily : DecoderFamily
{
    internal override string Weights => base.Weights + """

        blocks.{i}.mlp.W_router              model.layers.{i}.mlp.gate.weight                          expert dModel
        blocks.{i}.mlp.experts.{e}.W_gate    model.layers.{i}.mlp.experts.{e}.gate_proj.weight         dMlp dModel
        blocks.{i}.mlp.experts.{e}.W_in      model.layers.{i}.mlp.experts.{e}.up_proj.weight           dMlp dModel
        blocks.{i}.mlp.experts.{e}.W_out     model.layers.{i}.mlp.experts.{e}.down_proj.weight         dModel dMlp
        blocks.{i}.mlp.shared.W_gate         model.layers.{i}.mlp.shared_expert.gate_proj.weight       dMlp dModel
        blocks.{i}.mlp.shared.W_in           model.layers.{i}.mlp.shared_expert.up_proj.weight         dMlp dModel
        blocks.{i}.mlp.shared.W_out          model.layers.{i}.mlp.shared_expert.down_proj.weight       dModel dMlp
        blocks.{i}.mlp.W_shared_gate         model.layers.{i}.mlp.shared_expert_gate.weight            1 dModel -> dModel 1
        """;

    /// <summary>The window of the layers that have one.</summary>
    private protected static TransformerConfig Windowed(TransformerConfig config, HfConfig json)
    {
        int full = json.IntOr(config.Layers, "max_window_layers");
        bool[]? slides = json.Kinds("layer_types", "sliding_attention", "full_attention");
        return config with
        {
            Attention = Windows(
                config.Attention!, config.Layers,
                json.Bool("use_sliding_window") ? json.MaybeInt("sliding_window") : null,
                layer => slides?[layer] ?? layer >= full),
        };
    }

    /// <summary>Experts in all layers but those that the config excepts.</summary>
    private protected static TransformerConfig WithExperts(
        TransformerConfig config, HfConfig json, bool renormalise, int? sharedWidth)
    {
        int[] dense = json.Ints("mlp_only_layers") ?? [];
        int step = json.IntOr(1, "decoder_sparse_step");
        var experts = new ExpertConfig
        {
            Count = json.Int("num_experts", "num_local_experts"),
            Used = json.Int("num_experts_per_tok"),
            Renormalise = renormalise,
            SharedWidth = sharedWidth,
        };
        MlpConfig mlp = config.Mlp!.Shared!;
        return config with
        {
            Mlp = new PerLayer<MlpConfig>(
            [
                .. Enumerable.Range(0, config.Layers).Select(layer =>
                    dense.Contains(layer) || (layer + 1) % step != 0 ? mlp : mlp with
                    {
                        Width = json.Int("moe_intermediate_size"),
                        Experts = experts,
                    }),
            ]),
        };
    }
}
