namespace Vitrine.Models.Families;

/// <summary>Granite 3.</summary>
internal sealed class Granite : DecoderFamily
{
    public override string Name => "granite";

    public override string Models => "Granite 3";

    internal override TransformerConfig Read(HfConfig json)
    {
        TransformerConfig config = base.Read(json);
        return config with
        {
            Embedding = config.Embedding with
            {
                Scale = json.MaybeFloat("embedding_multiplier"),
                LogitScale = json.MaybeFloat("logits_scaling") is { } scaling ? 1 / scaling : null,
            },
            Attention = config.Attention!.With(
                heads => heads with { Scale = json.Float(1, "attention_multiplier") }),
            ResidualScale = json.MaybeFloat("residual_multiplier"),
        };
    }
}
