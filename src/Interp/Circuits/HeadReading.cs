using Vitrine.Models;
using Vitrine.Models.Positions;
using Vitrine.Tensors;

namespace Vitrine.Interp.Circuits;

/// <summary>The heads of a model, read from their weights. This owns everything it computes; the
/// weights belong to the model, which must outlive it.</summary>
public sealed class HeadReading : IDisposable
{
    private const int UnboundedPositions = 128;
    private readonly Transformer _model;
    private readonly Dictionary<int, Tensor<float>> _normalized = [];

    /// <summary>Reads a model.</summary>
    /// <exception cref="ArgumentException">It has no attention layers.</exception>
    /// <exception cref="RequestException">It has parts that circuits do not read.</exception>
    public HeadReading(Transformer model)
    {
        if (model.Config.Layers == 0)
        {
            throw new ArgumentException(
                "Circuits: the model must have attention layers; got none (a 0-layer model); "
                + "`vitrine bigrams` shows its direct path.", nameof(model));
        }

        model.RequireAttentionOnly("Circuits");
        _model = model;
        for (int layer = 0; layer < model.Config.Layers; layer++)
        {
            if (model.Blocks[layer].Ln1 is { } norm)
            {
                _normalized[layer] = norm.Of(model.Embed.W_E.Value);
            }
        }
    }

    /// <summary>The model's shape.</summary>
    public TransformerConfig Config => _model.Config;

    /// <summary>Every head, layer by layer.</summary>
    public IEnumerable<Head> Heads => Head.All(Config);

    /// <summary>The number of positions: the model's context, or 128 if it has none.</summary>
    public int Positions => Config.Context > 0 ? Config.Context : UnboundedPositions;

    /// <summary>The weights of a head, as views.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The head does not exist.</exception>
    internal HeadWeights this[Head head]
    {
        get
        {
            head.In(Config.Layers, Config.Heads);
            AttentionLayer attention = _model.Blocks[head.Layer].Attn;
            return new HeadWeights(
                _model.Embed.W_E.Value,
                attention.W_Q.Value.Select(0, head.Index),
                attention.W_K.Value.Select(0, head.Index),
                attention.W_V.Value.Select(0, head.Index),
                attention.W_O.Value.Select(0, head.Index),
                _model.Unembed.W_U.Value)
            {
                B_Q = attention.B_Q?.Value.Select(0, head.Index),
                AttentionScale = Config.SharedAttention.ScoreScale,
                Normalized = _normalized.GetValueOrDefault(head.Layer),
                FinalNormWeight = _model.LnFinal?.W?.Value,
            };
        }
    }

    /// <summary>A head's two circuits over the vocabulary; the caller owns them.</summary>
    /// <param name="head">The head.</param>
    /// <param name="form">The units.</param>
    /// <exception cref="ArgumentOutOfRangeException">The head does not exist.</exception>
    public HeadCircuits Circuits(Head head, CircuitForm form = CircuitForm.Weights) =>
        HeadCircuits.Of(this[head], form);

    /// <summary>The composition of all pairs of heads.</summary>
    /// <param name="draws">Pairs of random heads in the baseline, at least 2.</param>
    /// <param name="seed">The seed of the baseline.</param>
    /// <exception cref="ArgumentException">The model has one layer.</exception>
    public Composition Composition(int draws = 200, ulong seed = 0) =>
        Interp.Circuits.Composition.Of([.. Heads.Select(head => (head, this[head]))], draws, seed);

    internal Composition Composition(CompositionBaseline baseline) =>
        Interp.Circuits.Composition.Of([.. Heads.Select(head => (head, this[head]))], baseline);

    /// <summary>How much of a head's score depends on position alone.</summary>
    /// <param name="head">The head.</param>
    /// <param name="circuits">Its circuits in the form of scores.</param>
    /// <param name="unigram">The probability of each token, float64 [vocab].</param>
    /// <returns>Null if positions are not added: rotary embeddings rotate queries and keys, and a
    /// norm after the sum of embedding and position mixes the two.</returns>
    public PositionShare? PositionShare(Head head, HeadCircuits circuits, double[] unigram)
    {
        PositionKind kind = Config.Positions.Kind;
        bool added = kind is PositionKind.Learned or PositionKind.Sinusoidal;
        if (kind == PositionKind.Rotary || (added && Config.Norm.Kind != NormKind.None))
        {
            return null;
        }

        HeadWeights weights = this[head];
        Tensor<float>? table = added || kind == PositionKind.Shortformer
            ? _model.PositionEmbed!.Table.Slice(0, 0, Positions)
            : null;
        using Tensor<float>? queries = table is null ? null : Ops.MatMul(table, weights.W_Q);
        using Tensor<float>? keys = table is null ? null : Ops.MatMul(table, weights.W_K);
        var positions = new HeadPositions(Name(kind), queries, keys, ByDistance(head), Positions);
        return Interp.Circuits.PositionShare.Of(
            head, circuits, positions, Config.SharedAttention.ScoreScale, unigram);
    }

    /// <summary>Releases computed data; the model stays.</summary>
    public void Dispose()
    {
        foreach (Tensor<float> rows in _normalized.Values)
        {
            rows.Dispose();
        }
    }

    private double[]? ByDistance(Head head)
    {
        if (Config.Positions.Kind == PositionKind.Alibi)
        {
            double slope = Alibi.Slopes(Config.Heads)[head.Index];
            return [.. Enumerable.Range(0, Positions).Select(distance => -slope * distance)];
        }

        if (_model.Blocks[head.Layer].Attn.RelativeBias is not { } bias)
        {
            return null;
        }

        return
        [
            .. Enumerable.Range(0, Positions).Select(distance => (double)bias.Value[
                RelativeBuckets.Of(
                    distance, causal: true, Config.Positions.RelativeBuckets,
                    Config.Positions.RelativeMaxDistance),
                head.Index]),
        ];
    }

    private static string Name(PositionKind kind) => kind switch
    {
        PositionKind.Learned => "learned, added to the stream",
        PositionKind.Sinusoidal => "sinusoidal, added to the stream",
        PositionKind.Alibi => "ALiBi",
        PositionKind.Relative => "relative bias",
        PositionKind.Shortformer => "added to queries and keys",
        _ => "none",
    };
}
