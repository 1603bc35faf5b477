namespace Vitrine.Models.Families;

/// <summary>Qwen 3.</summary>
internal sealed class Qwen3 : QwenFamily
{
    public override string Name => "qwen3";

    public override string Models => "Qwen 3";

    internal override TransformerConfig Read(HfConfig json)
    {
        TransformerConfig config = base.Read(json);
        return Windowed(config.WithAttention(heads => heads with
        {
            QkNorm = new() { Kind = NormKind.RmsNorm, Epsilon = config.Norm.Epsilon },
        }), json);
    }
}
