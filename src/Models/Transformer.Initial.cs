using Vitrine.Tensors;

namespace Vitrine.Models;

/// <content>The weights before training.</content>
public sealed partial class Transformer
{
    /// <summary>A model with random weights and an output bias of zero.
    /// <code>W_E, W_U ~ N(0, sd²),  b_U = 0</code></summary>
    /// <param name="config">Its shape.</param>
    /// <param name="seed">The same seed gives the same bits on any machine.</param>
    /// <param name="standardDeviation">sd.</param>
    /// <exception cref="InvalidDataException">The config is not valid.</exception>
    public static Transformer Initial(
        TransformerConfig config, ulong seed, float standardDeviation = 0.02f)
    {
        config.Validate();
        return new Transformer(
            config,
            new Embed(Normal(stream: 1)),
            new Unembed(Normal(stream: 2), Tensor.Zeros<float>([config.Vocabulary])));

        Tensor<float> Normal(ulong stream) => Ops.RandomNormal(
            Tensor.Empty<float>([config.Vocabulary, config.DModel]), seed, stream, 0, standardDeviation);
    }

    /// <summary>Sets the output bias so that a stream of zeros predicts the unigram distribution.
    /// <code>b_U[v] = log((count[v] + 1) / (Σ count + vocab))</code></summary>
    /// <remarks>One is added to every count: a token that never occurred is unlikely, not
    /// impossible.</remarks>
    /// <param name="counts">How often each token of the vocabulary occurs as a target.</param>
    /// <exception cref="ShapeException">There is not one count for each token.</exception>
    public void PredictUnigram(ReadOnlySpan<long> counts)
    {
        Span<float> bias = Unembed.B_U.Storage.WritableSpan;
        if (counts.Length != bias.Length)
        {
            throw new ShapeException(
                $"PredictUnigram: one count for each of the {bias.Length} tokens is needed; "
                + $"got {counts.Length}.");
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
