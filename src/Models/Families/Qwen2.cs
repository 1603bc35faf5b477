namespace Vitrine.Models.Families;

/// <summary>Qwen 1.5, 2 and 2.5.</summary>
internal sealed class Qwen2 : QwenFamily
{
    public override string Name => "qwen2";

    public override string Models => "Qwen 1.5, 2 and 2.5";

    internal override TransformerConfig Read(HfConfig json) => Windowed(
        base.Read(json).WithAttention(
            heads => heads with { Biases = true, OutputBias = false }), json);
}
