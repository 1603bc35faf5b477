using System.Globalization;

namespace Vitrine.Models.Families;

/// <summary>How long the axes of one weight are, by name.</summary>
/// <param name="config">The stack of layers that the weight belongs to.</param>
/// <param name="layer">Its layer; 0 for weights of none.</param>
/// <param name="width">The width of its MLP.</param>
/// <param name="index">Its place among the experts.</param>
internal sealed class AxisLengths(TransformerConfig config, int layer, int width, int index)
{
    public int Index => index;

    /// <exception cref="FormatException">There is no such axis.</exception>
    public int this[string axis] => axis switch
    {
        "vocab" => config.Vocabulary,
        "dModel" => config.DModel,
        "width" => config.Embedding.Width ?? config.DModel,
        "read" => config.Embedding.Transform?.Width ?? config.DModel,
        "context" => config.Context,
        "segment" => config.Embedding.Segments,
        "bucket" => config.Positions.RelativeBuckets,
        "head" => Heads.Heads,
        "kvHead" => Heads.KeyHeads,
        "group" => Heads.Heads / Heads.KeyHeads,
        "dHead" => Heads.DHead,
        "pair" => Heads.DHead / 2,
        "half" => 2,
        "dMlp" => width,
        "expert" or "{e}" => config.Mlp![layer].Experts!.Count,
        _ => int.TryParse(axis, CultureInfo.InvariantCulture, out int number) ? number
            : throw new FormatException($"AxisPattern: there is no axis '{axis}'."),
    };

    private AttentionConfig Heads => config.Attention![layer];

    /// <summary>The axes of a weight, as the model has them.</summary>
    /// <param name="name">The weight's name.</param>
    public static string[] Of(string name) => (name.Split('.')[^1] switch
    {
        "W_E" => "vocab width",
        "W_pos" => "context width",
        "W_token_type" => "segment width",
        "W_proj" => "width dModel",
        "W_Q" => "head dModel dHead",
        "W_K" or "W_V" => "kvHead dModel dHead",
        "W_O" => "head dHead dModel",
        "b_Q" => "head dHead",
        "b_K" or "b_V" => "kvHead dHead",
        "sinks" => "head",
        "W_in" or "W_gate" => "dModel dMlp",
        "W_out" => "dMlp dModel",
        "b_in" or "b_gate" => "dMlp",
        "W_router" => "dModel expert",
        "b_router" => "expert",
        "W_shared_gate" => "dModel 1",
        "W_U" => "read vocab",
        "b_U" => "vocab",
        "W" when name.StartsWith("mlm_head", StringComparison.Ordinal) => "dModel read",
        "b" or "w" when name.StartsWith("mlm_head", StringComparison.Ordinal) => "read",
        "w" or "b" when name.EndsWith("embed.ln.w", StringComparison.Ordinal)
            || name.EndsWith("embed.ln.b", StringComparison.Ordinal) => "width",
        "weight" => "bucket head",
        _ => "dModel",
    }).Split(' ');
}
