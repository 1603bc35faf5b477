namespace Vitrine.Models.Families;

/// <summary>gpt-oss, with unquantised experts.</summary>
internal sealed class GptOss : DecoderFamily
{
    public override string Name => "gpt_oss";

    public override string Models => "gpt-oss, with unquantised experts";

    internal override string Weights => base.Weights + """

        blocks.{i}.attn.sinks                model.layers.{i}.self_attn.sinks                  head
        blocks.{i}.mlp.W_router              model.layers.{i}.mlp.router.weight                expert dModel
        blocks.{i}.mlp.b_router              model.layers.{i}.mlp.router.bias                  expert
        blocks.{i}.mlp.experts.{e}.W_gate    model.layers.{i}.mlp.experts.gate_up_proj         {e} dModel (dMlp (1'|1))
        blocks.{i}.mlp.experts.{e}.W_in      model.layers.{i}.mlp.experts.gate_up_proj         {e} dModel (dMlp (1|1'))
        blocks.{i}.mlp.experts.{e}.b_gate    model.layers.{i}.mlp.experts.gate_up_proj_bias    {e} (dMlp (1'|1))
        blocks.{i}.mlp.experts.{e}.b_in      model.layers.{i}.mlp.experts.gate_up_proj_bias    {e} (dMlp (1|1'))
        blocks.{i}.mlp.experts.{e}.W_out     model.layers.{i}.mlp.experts.down_proj            {e} dMlp dModel
        blocks.{i}.mlp.experts.{e}.b_out     model.layers.{i}.mlp.experts.down_proj_bias       {e} dModel
        """;

    internal override TransformerConfig Read(HfConfig json)
    {
        json.Require("quantization_config").Require("hidden_act", "silu")
            .Require("swiglu_alpha", "1.702");
        TransformerConfig config = base.Read(json);
        bool[]? slides = json.Kinds("layer_types", "sliding_attention", "full_attention");
        return config with
        {
            Norm = config.Norm with { Epsilon = json.Float(1e-5f, "rms_norm_eps") },
            Attention = Windows(
                config.Attention!.With(heads => heads with { Sinks = true }), config.Layers,
                json.MaybeInt("sliding_window"), layer => slides?[layer] ?? layer % 2 == 0),
            Mlp = config.Mlp!.With(mlp => mlp with
            {
                Activation = ActivationKind.QuickGelu,
                Biases = true,
                Limit = json.Float(7, "swiglu_limit"),
                UpOffset = 1,
                Experts = new ExpertConfig
                {
                    Count = json.Int("num_local_experts"),
                    Used = json.Int("num_experts_per_tok", "experts_per_token"),
                    Renormalise = true,
                    RouterBias = true,
                },
            }),
        };
    }
}
