using Vitrine.Interp.Bigrams;
using Vitrine.Tensors;

namespace Vitrine.Interp.Embeddings;

/// <summary>The cost of one-byte weights: the error of a logit.</summary>
/// <param name="RootMeanSquare">Its root mean square over the sampled pairs.</param>
/// <param name="Largest">Its largest size among them.</param>
/// <param name="Sampled">How many pairs of input and output were drawn.</param>
internal sealed record LogitError(double RootMeanSquare, double Largest, int Sampled)
    : Analysis(
        "logit-error",
        "What does one byte per weight cost?",
        "nats",
        "Logits from rounded weights minus logits from the float32 weights, over pairs of tokens "
        + "of the training text drawn uniformly with a fixed seed.")
{
    /// <summary>Compares logits over pairs of the given tokens.</summary>
    /// <param name="path">The float32 weights.</param>
    /// <param name="embed">W_E rounded, [vocab, dModel].</param>
    /// <param name="unembed">W_U transposed and rounded, [vocab, dModel].</param>
    /// <param name="tokens">The tokens that pairs are drawn from; at least one.</param>
    /// <param name="samples">How many pairs.</param>
    public static LogitError Of(
        DirectPath path, QuantisedMatrix embed, QuantisedMatrix unembed, ReadOnlySpan<int> tokens,
        int samples = 200_000)
    {
        var random = new CounterRandom(seed: 0, stream: 0);
        double squares = 0;
        double largest = 0;
        for (int sample = 0; sample < samples; sample++)
        {
            int input = tokens[random.Integer(2 * (ulong)sample, tokens.Length)];
            int output = tokens[random.Integer((2 * (ulong)sample) + 1, tokens.Length)];
            double bias = path.Bias is null ? 0 : path.Bias.Span[output];
            double error = embed.Dot(input, unembed, output) + bias - path.Logit(input, output);
            squares += error * error;
            largest = Math.Max(largest, Math.Abs(error));
        }

        return new LogitError(Math.Sqrt(squares / Math.Max(1, samples)), largest, samples);
    }
}
