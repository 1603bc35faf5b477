namespace Vitrine.Models.Families;

/// <summary>Llama 1 to 3, SmolLM, SmolLM2, TinyLlama, Yi.</summary>
internal sealed class Llama : DecoderFamily
{
    public override string Name => "llama";

    public override string Models => "Llama 1 to 3, SmolLM, SmolLM2, TinyLlama, Yi";

}
