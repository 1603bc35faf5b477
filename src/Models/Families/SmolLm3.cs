using Vitrine.Models.Positions;

namespace Vitrine.Models.Families;

/// <summary>SmolLM3.</summary>
internal sealed class SmolLm3 : DecoderFamily
{
    public override string Name => "smollm3";

    public override string Models => "SmolLM3";

    private protected override bool TiesByDefault => true;

    internal override TransformerConfig Read(HfConfig json)
    {
        TransformerConfig config = base.Read(json);
        int[]? rotates = json.Ints("no_rope_layers");
        int interval = json.IntOr(4, "no_rope_layer_interval");
        bool[]? slides = json.Kinds("layer_types", "sliding_attention", "full_attention");
        PerLayer<AttentionConfig> attention = new(
        [
            .. Enumerable.Range(0, config.Layers).Select(layer => config.Attention![layer] with
            {
                Positions = rotates?[layer] == 0 || (rotates is null && (layer + 1) % interval == 0)
                    ? PositionKind.None : null,
            }),
        ]);
        return config with
        {
            Attention = Windows(
                attention, config.Layers,
                json.Bool("use_sliding_window") ? json.MaybeInt("sliding_window") : null,
                layer => slides?[layer] ?? false),
        };
    }
}
