namespace Vitrine.Models.Families;

/// <summary>Qwen 1.5 MoE, Qwen 2 57B-A14B.</summary>
internal sealed class Qwen2Moe : QwenFamily
{
    public override string Name => "qwen2_moe";

    public override string Models => "Qwen 1.5 MoE, Qwen 2 57B-A14B";

    internal override TransformerConfig Read(HfConfig json)
    {
        TransformerConfig config = base.Read(json).WithAttention(heads => heads with
        {
            Biases = json.Bool("qkv_bias", true),
            OutputBias = false,
        });
        return WithExperts(
            Windowed(config, json), json, json.Bool("norm_topk_prob"),
            json.Int("shared_expert_intermediate_size"));
    }
}
