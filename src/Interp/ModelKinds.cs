using Vitrine.Models;
using Vitrine.Models.Positions;

namespace Vitrine.Interp;

/// <summary>Which models an analysis reads: it refuses the others rather than read half of
/// them.</summary>
internal static class ModelKinds
{
    /// <summary>Refuses encoders and encoder-decoders.</summary>
    /// <exception cref="RequestException">The model predicts no next token by itself.</exception>
    public static void RequireDecoder(this Transformer model, string analysis)
    {
        TransformerConfig config = model.Config;
        if (config.IsEncoder || config.Encoder is not null || config.Embedding.NoLogits)
        {
            throw new RequestException(
                $"{analysis}: the model must predict the next token from the tokens before it; got "
                + (config.Encoder is not null ? "an encoder-decoder." : "an encoder."));
        }
    }

    /// <summary>Refuses everything but layers of heads, with LayerNorm before them or no
    /// norm.</summary>
    /// <exception cref="RequestException">The model has a part that the analysis does not
    /// read.</exception>
    public static void RequireAttentionOnly(this Transformer model, string analysis)
    {
        model.RequireDecoder(analysis);
        TransformerConfig config = model.Config;
        NormConfig norm = config.Norm;
        EmbeddingConfig plain = new()
        {
            Tied = config.Embedding.Tied,
            OutputBias = config.Embedding.OutputBias,
        };
        string? other = config.Mlp is not null ? "MLPs"
            : norm.Kind == NormKind.RmsNorm ? "RMSNorm"
            : norm.Placement != NormPlacement.Pre || norm.Parameters != NormParameters.All
                || norm.UnitOffset || norm.SkipsFirst ? "norms of another kind"
            : config.Embedding != plain ? "embeddings or logits of another form"
            : config.ResidualScale is not null || config.SharedLayers ? "scaled or shared layers"
            : Enumerable.Range(0, config.Layers).Select(layer => OtherHeads(config, layer))
                .FirstOrDefault(found => found is not null);
        if (other is not null)
        {
            throw new RequestException(
                $"{analysis}: this model has {other}, which this analysis does not read; it reads "
                + "layers of heads alone, with LayerNorm before them or no norm. `heads`, "
                + "`generate` and `cache` read every decoder, `attribute` most.");
        }
    }

    private static string? OtherHeads(TransformerConfig config, int layer)
    {
        AttentionConfig heads = config.Attention![layer];
        PositionConfig positions = config.PositionsOf(layer);
        return heads.KeyHeads != heads.Heads ? "heads that share keys and values"
            : heads.Window is not null ? "windows of attention"
            : heads.SoftCap is not null || heads.Sinks || heads.Clip is not null
                || heads.QkNorm is not null ? "heads with caps, sinks, clips or norms"
            : heads.Positions is not null || positions.RotaryScaling is not null
                || positions.AlibiForm != AlibiForm.Distance || positions.RelativeShared
                || positions.SinusoidalHalves ? "positions of another form" : null;
    }
}
