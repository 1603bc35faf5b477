using System.Text.Json.Serialization;
using Vitrine.Autograd;
using Vitrine.Models;
using Vitrine.Models.Generation;
using Vitrine.Tensors;

namespace Vitrine.Interp.Attention;

/// <summary>A token that may come next.</summary>
/// <param name="Id">The token.</param>
/// <param name="Logit">Its logit.</param>
/// <param name="Probability">Its probability.</param>
public sealed record LikelyToken(int Id, double Logit, double Probability);

/// <summary>What a model predicts after a position.</summary>
/// <param name="Position">The position.</param>
/// <param name="Top">The likeliest tokens, falling.</param>
/// <param name="Loss">−ln p of the actual next token, in nats; null at the end.</param>
public sealed record Prediction(
    int Position, IReadOnlyList<LikelyToken> Top, double? Loss = null);

/// <summary>The measure that a pattern shows.</summary>
public enum AttentionMeasure
{
    /// <summary>α, by head.</summary>
    Weight,

    /// <summary>‖α f(x)‖, by head.</summary>
    Weighted,

    /// <summary>‖Σ_h α f(x)‖ (Kobayashi et al. 2020), by layer.</summary>
    AllHeads,

    /// <summary>‖Σ_h α f(x) + x‖ (Kobayashi et al. 2021), by layer.</summary>
    Residual,

    /// <summary>The same through the next norm (Kobayashi et al. 2021), by layer.</summary>
    Norm,
}

/// <summary>Where every head attends on one passage, in every measure, and the model's prediction
/// at each position.</summary>
/// <remarks><see cref="Analysis.Residual"/> is the largest difference, over all layers, between the
/// sum of a layer's parts and the stream after it, divided by the stream's largest value: the parts
/// are complete.</remarks>
/// <param name="Tokens">The passage.</param>
/// <param name="Layers">The measures of each layer.</param>
/// <param name="Scores">The scores before the softmax of each layer, float32 [head, queryPos,
/// keyPos], −∞ where a query cannot attend.</param>
/// <param name="Predictions">The prediction after each position.</param>
public sealed record PassageAttention(
    int[] Tokens, IReadOnlyList<AttentionNorms> Layers,
    [property: JsonIgnore] IReadOnlyList<float[]> Scores,
    IReadOnlyList<Prediction> Predictions)
    : Analysis(
        "attention-map",
        "Where does each head attend, and how much does it move?",
        "share of attention, or length of the vector moved",
        "Patterns of one forward pass; norms after Kobayashi et al. (2020, 2021).")
{
    private const int PositionsAtOnce = 64;

    /// <summary>The largest difference from 1 of the sum of a row of weights.</summary>
    public required double RowSumError { get; init; }

    /// <summary>Reads a passage.</summary>
    /// <param name="model">A model with attention layers; borrowed.</param>
    /// <param name="tokens">The passage.</param>
    /// <param name="top">How many tokens each prediction names.</param>
    /// <exception cref="ArgumentException">The model has no attention layers, or the passage is
    /// empty or longer than the context.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="top"/> is
    /// negative.</exception>
    /// <exception cref="InvalidOperationException">The maps would not fit in memory.</exception>
    public static PassageAttention Of(
        Transformer model, ReadOnlySpan<int> tokens, int top = 5) =>
        Of(model, tokens, top, steering: null);

    /// <summary>Reads a passage while the model is steered: what a head brings is
    /// scaled.</summary>
    /// <inheritdoc cref="Of(Transformer, ReadOnlySpan{int}, int)"/>
    internal static PassageAttention Of(
        Transformer model, ReadOnlySpan<int> tokens, int top, Steering? steering)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(top);
        model.RequireAttentionOnly("PassageAttention");
        int layers = model.Config.Layers;
        int positions = tokens.Length;
        if (layers == 0 || tokens.IsEmpty)
        {
            throw new ArgumentException(
                "PassageAttention: needs a model with attention layers and a passage of at least "
                + $"one token; got {layers} layers and {tokens.Length} tokens.");
        }

        // Twice: what the pass holds is also kept, as the scores, the weights and what they bring.
        model.RequireRoomForPatterns(batch: 2, positions);
        using Tape tape = Tape.NoGrad();
        var seen = new Dictionary<string, Tensor<float>>();
        Hooks hooks = steering?.HooksAt() ?? new();
        foreach (string hook in (string[])["attn.hook_attn_scores", "attn.hook_pattern",
            "attn.hook_v", "hook_resid_pre", "hook_resid_post"])
        {
            hooks.Observe($"blocks.*.{hook}", (point, x) => seen[point.Name] = x.Select(0, 0));
        }

        Tensor<int> batch = tape.Own(model.Batch(tokens));
        Var resid = model.Through(tape, model.Embedded(tape, batch, hooks), 0, layers, hooks);
        AttentionNorms[] norms =
            [.. Enumerable.Range(0, layers).Select(layer => Norms(model, seen, layer, steering))];
        return new PassageAttention(
            tokens.ToArray(),
            norms,
            [.. Enumerable.Range(0, layers).Select(
                layer => seen[HookNames.AttnScores(layer)].ToArray())],
            Predict(model, resid.Value, tokens, top))
        {
            RowSumError = norms.Max(layer => Deviation(layer.Weight, positions)),
            Residual = norms.Max(layer => layer.Residual),
        };
    }

    /// <summary>A map, float32 [queryPos, keyPos]; of the layer if the measure is by
    /// layer.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The head does not exist.</exception>
    /// <exception cref="InvalidOperationException">No norm follows the layer.</exception>
    public float[] Map(Head head, AttentionMeasure measure)
    {
        AttentionNorms layer = Layers[head.In(
            Layers.Count, Layers[Math.Clamp(head.Layer, 0, Layers.Count - 1)].Heads).Layer];
        int length = Tokens.Length * Tokens.Length;
        return measure switch
        {
            AttentionMeasure.Weight => layer.Weight.AsSpan(head.Index * length, length).ToArray(),
            AttentionMeasure.Weighted =>
                layer.Weighted.AsSpan(head.Index * length, length).ToArray(),
            AttentionMeasure.AllHeads => layer.AllHeads,
            AttentionMeasure.Residual => layer.WithResidual,
            _ => layer.WithNorm ?? throw NoNorm(),
        };
    }

    /// <summary>The mixing ratios of a layer, float32 [queryPos]; null for measures by
    /// head.</summary>
    /// <exception cref="InvalidOperationException">No norm follows the layer.</exception>
    public float[]? Mixing(int layer, AttentionMeasure measure) => measure switch
    {
        AttentionMeasure.AllHeads => Layers[layer].AllHeadsMixing,
        AttentionMeasure.Residual => Layers[layer].WithResidualMixing,
        AttentionMeasure.Norm => Layers[layer].WithNormMixing ?? throw NoNorm(),
        _ => null,
    };

    private static InvalidOperationException NoNorm() => new(
        "PassageAttention: no norm follows the layers of this model; use the `residual` measure.");

    private static AttentionNorms Norms(
        Transformer model, Dictionary<string, Tensor<float>> seen, int layer, Steering? steering)
    {
        AttentionLayer heads = model.Blocks[layer].Attn;
        Norm? next =
            layer + 1 < model.Config.Layers ? model.Blocks[layer + 1].Ln1 : model.LnFinal;
        return new LayerParts(
            seen[HookNames.Pattern(layer)],
            seen[HookNames.V(layer)],
            heads.W_O.Value,
            heads.B_O?.Value,
            seen[HookNames.ResidPre(layer)],
            next is null ? null : new NextNorm(next.W?.Value, model.Config.Norm.Epsilon),
            seen[HookNames.ResidPost(layer)]).Norms();
    }

    // Logits of some positions at a time: [pos, vocab] may be large.
    private static List<Prediction> Predict(
        Transformer model, Tensor<float> resid, ReadOnlySpan<int> tokens, int top)
    {
        var predictions = new List<Prediction>();
        int positions = resid.Shape[1];
        for (int from = 0; from < positions; from += PositionsAtOnce)
        {
            using Tape tape = Tape.NoGrad();
            var some = new Var(resid.Slice(1, from, Math.Min(PositionsAtOnce, positions - from)));
            Tensor<float> logits = model.Logits(tape, some).Value.Select(0, 0);
            using Tensor<float> normalisers = Ops.LogSumExp(logits, axis: -1);
            for (int i = 0; i < logits.Shape[0]; i++)
            {
                ReadOnlySpan<float> row = logits.Select(0, i).Span;
                double normaliser = normalisers[i];
                var likely = new List<LikelyToken>();
                foreach (int id in TopSelection.Of(row, top))
                {
                    likely.Add(new LikelyToken(id, row[id], Math.Exp(row[id] - normaliser)));
                }

                double? loss = from + i + 1 < positions
                    ? normaliser - row[tokens[from + i + 1]] : null;
                predictions.Add(new Prediction(from + i, likely, loss));
            }
        }

        return predictions;
    }

    private static double Deviation(float[] weights, int positions)
    {
        double worst = 0;
        for (int row = 0; row < weights.Length; row += positions)
        {
            double sum = 0;
            foreach (float weight in weights.AsSpan(row, positions))
            {
                sum += weight;
            }

            worst = Math.Max(worst, Math.Abs(sum - 1));
        }

        return worst;
    }
}
