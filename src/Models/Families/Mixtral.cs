namespace Vitrine.Models.Families;

/// <summary>Mixtral 8x7B and 8x22B.</summary>
internal sealed class Mixtral : DecoderFamily
{
    public override string Name => "mixtral";

    public override string Models => "Mixtral 8x7B and 8x22B";

    internal override string Weights => base.Weights + """

        blocks.{i}.mlp.W_router              model.layers.{i}.block_sparse_moe.gate.weight               expert dModel
        blocks.{i}.mlp.experts.{e}.W_gate    model.layers.{i}.block_sparse_moe.experts.{e}.w1.weight     dMlp dModel
        blocks.{i}.mlp.experts.{e}.W_in      model.layers.{i}.block_sparse_moe.experts.{e}.w3.weight     dMlp dModel
        blocks.{i}.mlp.experts.{e}.W_out     model.layers.{i}.block_sparse_moe.experts.{e}.w2.weight     dModel dMlp
        """;

    internal override TransformerConfig Read(HfConfig json)
    {
        TransformerConfig config = base.Read(json)
            .WithAttention(heads => heads with { Window = json.MaybeInt("sliding_window") });
        return config with
        {
            Mlp = config.Mlp!.With(mlp => mlp with
            {
                Experts = new ExpertConfig
                {
                    Count = json.Int("num_local_experts"),
                    Used = json.Int("num_experts_per_tok"),
                    Renormalise = true,
                },
            }),
        };
    }
}
