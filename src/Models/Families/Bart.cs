namespace Vitrine.Models.Families;

/// <summary>BART.</summary>
internal sealed class Bart : BartFamily
{
    public override string Name => "bart";

    public override string Models => "BART";

}
