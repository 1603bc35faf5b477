namespace Vitrine.Models.Families;

/// <summary>Gemma 2.</summary>
internal sealed class Gemma2 : GemmaFamily
{
    public override string Name => "gemma2";

    public override string Models => "Gemma 2";

    internal override string Weights => base.Weights + SandwichNorms;

    internal override TransformerConfig Read(HfConfig json) =>
        Sandwiched(base.Read(json), json, slides: layer => layer % 2 == 0);
}
