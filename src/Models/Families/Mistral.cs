namespace Vitrine.Models.Families;

/// <summary>Mistral 7B.</summary>
internal sealed class Mistral : DecoderFamily
{
    public override string Name => "mistral";

    public override string Models => "Mistral 7B";

    internal override TransformerConfig Read(HfConfig json) => base.Read(json)
        .WithAttention(heads => heads with { Window = json.MaybeInt("sliding_window") });
}
