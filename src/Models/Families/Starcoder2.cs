namespace Vitrine.Models.Families;

/// <summary>StarCoder 2.</summary>
internal sealed class Starcoder2 : DecoderFamily
{
    public override string Name => "starcoder2";

    public override string Models => "StarCoder 2";

    internal override string Weights => base.Weights + """

        blocks.{i}.mlp.W_in     model.layers.{i}.mlp.c_fc.weight      dMlp dModel
        blocks.{i}.mlp.b_in     model.layers.{i}.mlp.c_fc.bias        dMlp
        blocks.{i}.mlp.W_out    model.layers.{i}.mlp.c_proj.weight    dModel dMlp
        blocks.{i}.mlp.b_out    model.layers.{i}.mlp.c_proj.bias      dModel
        """;

    private protected override bool TiesByDefault => true;

    internal override TransformerConfig Read(HfConfig json)
    {
        TransformerConfig config = base.Read(json);
        bool biases = json.Bool("use_bias", true);
        return config with
        {
            Norm = json.Norm(NormKind.LayerNorm, 1e-5f, "norm_epsilon"),
            Attention = config.Attention!.With(heads => heads with
            {
                Biases = biases,
                Window = json.MaybeInt("sliding_window"),
            }),
            Mlp = config.Mlp!.With(mlp => mlp with { Gated = false, Biases = biases }),
        };
    }
}
