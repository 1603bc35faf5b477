namespace Vitrine.Models.Families;

/// <summary>Phi 3, 3.5 and 4.</summary>
internal sealed class Phi3 : DecoderFamily
{
    public override string Name => "phi3";

    public override string Models => "Phi 3, 3.5 and 4";

    internal override string Weights => base.Weights + """

        blocks.{i}.attn.W_Q      model.layers.{i}.self_attn.qkv_proj.weight    ((head'|kvHead|kvHead) dHead) dModel
        blocks.{i}.attn.W_K      model.layers.{i}.self_attn.qkv_proj.weight    ((head|kvHead'|kvHead) dHead) dModel
        blocks.{i}.attn.W_V      model.layers.{i}.self_attn.qkv_proj.weight    ((head|kvHead|kvHead') dHead) dModel
        blocks.{i}.mlp.W_gate    model.layers.{i}.mlp.gate_up_proj.weight      (dMlp'|dMlp) dModel
        blocks.{i}.mlp.W_in      model.layers.{i}.mlp.gate_up_proj.weight      (dMlp|dMlp') dModel
        """;

    internal override TransformerConfig Read(HfConfig json)
    {
        TransformerConfig config = base.Read(json);
        return config with
        {
            Norm = config.Norm with { Epsilon = json.Float(1e-5f, "rms_norm_eps") },
            Attention = config.Attention!.With(
                heads => heads with { Window = json.MaybeInt("sliding_window") }),
        };
    }
}
