namespace Vitrine.Models.Families;

/// <summary>GPT.</summary>
internal sealed class OpenAiGpt : GptFamily
{
    public override string Name => "openai-gpt";

    public override string Models => "GPT";

    internal override string Weights => base.Weights + """

        embed.W_E          transformer.tokens_embed.weight       vocab dModel
        pos_embed.W_pos    transformer.positions_embed.weight    context dModel
        """;

    // This family's gelu is the tanh form.
    internal override TransformerConfig Read(HfConfig json)
    {
        TransformerConfig config = base.Read(json);
        return config with
        {
            Norm = config.Norm with { Placement = NormPlacement.Post },
            Mlp = config.Mlp!.With(mlp => mlp with
            {
                Activation = mlp.Activation == ActivationKind.Gelu
                    ? ActivationKind.GeluTanh : mlp.Activation,
            }),
        };
    }
}
