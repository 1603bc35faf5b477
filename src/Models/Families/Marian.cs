using Vitrine.Models.Positions;

namespace Vitrine.Models.Families;

/// <summary>Marian, the Opus-MT translators.</summary>
internal sealed class Marian : BartFamily
{
    public override string Name => "marian";

    public override string Models => "Marian, the Opus-MT translators";

    // The table of sines is not always in the file.
    internal override string Weights => base.Weights + """

        -    model.encoder.embed_positions.weight
        -    model.decoder.embed_positions.weight
        """;

    private protected override PositionConfig Positions =>
        new() { Kind = PositionKind.Sinusoidal, SinusoidalHalves = true };

    private protected override bool NormsEmbedding => false;

    internal override TransformerConfig Read(HfConfig json) => base.Read(
        json.Require("normalize_embedding", "false")
            .Require("share_encoder_decoder_embeddings", "true"));
}
