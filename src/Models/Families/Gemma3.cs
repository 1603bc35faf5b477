namespace Vitrine.Models.Families;

/// <summary>Gemma 3, its text models.</summary>
internal sealed class Gemma3 : GemmaFamily
{
    public override string Name => "gemma3_text";

    public override string Models => "Gemma 3, its text models";

    internal override string Weights => base.Weights + SandwichNorms;

    internal override TransformerConfig Read(HfConfig json)
    {
        TransformerConfig config = base.Read(json);
        AttentionConfig heads = config.SharedAttention;
        int pattern = json.IntOr(6, "sliding_window_pattern", "_sliding_window_pattern");
        config = Sandwiched(config, json, slides: layer => (layer + 1) % pattern != 0);
        PositionConfig local = json.Rotary(
            heads.DHead, "sliding_attention", "rope_local_base_freq", scaled: false);
        return config with
        {
            Positions = json.Rotary(heads.DHead, "full_attention"),
            Attention = config.Attention!.With(layer => layer with
            {
                Positions = layer.Window is null ? null : local,
                QkNorm = new()
                {
                    Kind = NormKind.RmsNorm,
                    Epsilon = config.Norm.Epsilon,
                    UnitOffset = true,
                },
            }),
        };
    }
}
