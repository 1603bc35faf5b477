using Vitrine.Autograd;
using Vitrine.Tensors;

namespace Vitrine.Models;

/// <content>The weights before training.</content>
public sealed partial class Transformer
{
    /// <summary>A model with random weights; biases, including relative biases, are zero, and norms
    /// have weight 1.
    /// <code>
    /// W_E, W_U, W_pos ~ N(0, sd²),  W_Q, W_K, W_V ~ N(0, 1 / dModel),
    /// W_O ~ N(0, 1 / (4 · head · dHead)),  W_in, W_gate ~ N(0, 1 / dModel),
    /// W_out ~ N(0, 1 / (4 · dMlp))
    /// </code></summary>
    /// <param name="config">Its shape.</param>
    /// <param name="seed">The same seed gives the same bits on any machine.</param>
    /// <param name="standardDeviation">sd.</param>
    /// <param name="choose">Returns another standard deviation for a weight, by its name; null
    /// keeps the default.</param>
    /// <exception cref="InvalidDataException">The config is not valid.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A standard deviation is negative or not
    /// finite.</exception>
    public static Transformer Initial(
        TransformerConfig config, ulong seed, float standardDeviation = 0.02f,
        Func<string, float?>? choose = null)
    {
        const ulong FirstLayerStream = 16;
        const ulong StreamsOfLayer = 8;
        RequireFinite(standardDeviation, nameof(standardDeviation));
        var model = new Transformer(config.Validate(), new ParameterSource(Device.Cpu));
        var drawn = new HashSet<Parameter>();
        Draw(model.Embed.W_E, stream: 1, standardDeviation);
        if (!model.Unembed.W_U.IsTied)
        {
            Draw(model.Unembed.W_U, stream: 2, standardDeviation);
        }

        if (model.PositionEmbed?.W_pos is { } positions)
        {
            Draw(positions, stream: 3, standardDeviation);
        }

        float reading = 1 / MathF.Sqrt(config.DModel);
        for (int layer = 0; layer < config.Layers; layer++)
        {
            AttentionLayer attention = model.Blocks[layer].Attn;
            if (drawn.Contains(attention.W_Q))
            {
                continue;
            }

            AttentionConfig heads = config.Attention![layer];
            float writing = 0.5f / MathF.Sqrt(heads.Heads * heads.DHead);
            ulong first = FirstLayerStream + (StreamsOfLayer * (ulong)layer);
            Draw(attention.W_Q, first, reading);
            Draw(attention.W_K, first + 1, reading);
            Draw(attention.W_V, first + 2, reading);
            Draw(attention.W_O, first + 3, writing);
            if (attention.RelativeBias is { } bias && !drawn.Contains(bias))
            {
                Draw(bias, first + 4, 0);
            }
        }

        DrawRest();
        return model;

        // Everything that an attention-only model does not have, by its place among the weights.
        void DrawRest()
        {
            const ulong FirstOtherStream = 1 << 20;
            for (int i = 0; i < model.Parameters.Count; i++)
            {
                Parameter weight = model.Parameters[i];
                string name = weight.Name!.Split('.')[^1];
                if (!drawn.Contains(weight) && name.StartsWith("W_", StringComparison.Ordinal))
                {
                    bool writes = name is "W_out" or "W_O";
                    long read = weight.Value.Length / weight.Shape[-1];
                    Draw(
                        weight, FirstOtherStream + (ulong)i,
                        name is "W_token_type" or "W_pos" ? standardDeviation
                        : writes ? 0.5f / MathF.Sqrt(read)
                        : 1 / MathF.Sqrt(name is "W_Q" or "W_K" or "W_V" ? config.DModel : read));
                }
            }
        }

        void Draw(Parameter weight, ulong stream, float deviation)
        {
            drawn.Add(weight);
            Ops.RandomNormal(
                weight.Storage, seed, stream, 0,
                choose?.Invoke(weight.Name!) is { } chosen
                    ? RequireFinite(chosen, weight.Name!) : deviation);
        }
    }

    private static float RequireFinite(float value, string name) =>
        value >= 0 && float.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(
            name, value, $"Transformer: {name} must be at least 0 and finite.");

    /// <summary>Makes the heads of the first layer attend more to recent tokens than to distant
    /// ones.
    /// <code>bias[bucket, head] = −recency · bucket</code></summary>
    /// <remarks>A previous-token head is then close, whatever the random weights; if positions are
    /// not relative, nothing is set.</remarks>
    /// <param name="recency">The difference between neighbouring buckets of distances, 0 for
    /// none.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or not finite.</exception>
    public void PreferRecent(float recency)
    {
        RequireFinite(recency, nameof(recency));
        if (Blocks.Count == 0 || Blocks[0].Attn.RelativeBias is not { } bias)
        {
            return;
        }

        Span<float> scores = bias.Storage.WritableSpan;
        int heads = bias.Shape[1];
        for (int i = 0; i < scores.Length; i++)
        {
            scores[i] = -recency * (i / heads);
        }
    }

    /// <summary>Sets the output bias so that a stream of zeros predicts the unigram distribution.
    /// <code>b_U[v] = log((count[v] + 1) / (Σ count + vocab))</code></summary>
    /// <remarks>One is added to every count: a token that never occurred is unlikely, not
    /// impossible.</remarks>
    /// <param name="counts">How often each token of the vocabulary occurs as a target.</param>
    /// <exception cref="ShapeException">There is not one count for each token.</exception>
    /// <exception cref="InvalidOperationException">The model has no output bias.</exception>
    public void PredictUnigram(ReadOnlySpan<long> counts)
    {
        if (!Config.Embedding.OutputBias)
        {
            throw new InvalidOperationException(
                "PredictUnigram: the model must have an output bias; set embedding.outputBias in "
                + "its config.");
        }

        Span<float> bias = Unembed.B_U.Storage.WritableSpan;
        if (counts.Length != bias.Length)
        {
            throw new ShapeException(
                $"PredictUnigram: needs one count for each of the {bias.Length} tokens; got "
                + $"{counts.Length}.");
        }

        double total = counts.Length;
        foreach (long count in counts)
        {
            total += count;
        }

        for (int v = 0; v < bias.Length; v++)
        {
            bias[v] = (float)Math.Log((counts[v] + 1) / total);
        }
    }
}
