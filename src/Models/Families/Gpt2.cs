namespace Vitrine.Models.Families;

/// <summary>GPT-2, DistilGPT-2.</summary>
internal sealed class Gpt2 : GptFamily
{
    public override string Name => "gpt2";

    public override string Models => "GPT-2, DistilGPT-2";

    internal override TransformerConfig Read(HfConfig json)
    {
        TransformerConfig config = base.Read(json);
        return !json.Bool("scale_attn_by_inverse_layer_idx") ? config : config with
        {
            Attention = new PerLayer<AttentionConfig>(
            [
                .. Enumerable.Range(0, config.Layers).Select(layer => config.Attention![layer] with
                {
                    Scale = config.Attention[layer].ScoreScale / (layer + 1),
                }),
            ]),
        };
    }
}
