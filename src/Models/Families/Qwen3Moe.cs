namespace Vitrine.Models.Families;

/// <summary>Qwen 3 30B-A3B and 235B-A22B.</summary>
internal sealed class Qwen3Moe : QwenFamily
{
    public override string Name => "qwen3_moe";

    public override string Models => "Qwen 3 30B-A3B and 235B-A22B";

    internal override TransformerConfig Read(HfConfig json)
    {
        TransformerConfig config = base.Read(json);
        config = config.WithAttention(heads => heads with
        {
            QkNorm = new() { Kind = NormKind.RmsNorm, Epsilon = config.Norm.Epsilon },
        });
        return WithExperts(
            Windowed(config, json), json, json.Bool("norm_topk_prob"), sharedWidth: null);
    }
}
