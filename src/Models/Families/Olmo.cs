namespace Vitrine.Models.Families;

/// <summary>OLMo 1.</summary>
internal sealed class Olmo : DecoderFamily
{
    public override string Name => "olmo";

    public override string Models => "OLMo 1";

    internal override TransformerConfig Read(HfConfig json)
    {
        TransformerConfig config = base.Read(json);
        return config with
        {
            Norm = new()
            {
                Kind = NormKind.LayerNorm,
                Parameters = NormParameters.None,
                Epsilon = 1e-5f,
            },
            Attention = config.Attention!.With(
                heads => heads with { Clip = json.MaybeFloat("clip_qkv") }),
        };
    }
}
