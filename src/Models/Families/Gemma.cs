namespace Vitrine.Models.Families;

/// <summary>Gemma 1.</summary>
internal sealed class Gemma : GemmaFamily
{
    public override string Name => "gemma";

    public override string Models => "Gemma 1";

}
