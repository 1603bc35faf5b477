using System.Numerics;
using Vitrine.Tensors;

namespace Vitrine.Models.Positions;

/// <summary>The slopes of ALiBi where the number of heads is not a power of two; for powers of two
/// they are the same.</summary>
public enum AlibiSlopes
{
    /// <summary>Those of the paper's code, used by published models: the sequence of the power of
    /// two below, then every other slope of the one above.</summary>
    Paper,

    /// <summary>2^(−8 (i + 1) / heads), one sequence for any number: TransformerLens'.</summary>
    Geometric,
}

/// <summary>How the penalties of ALiBi enter the scores. The softmax is the same for the first
/// three; what a hook sees of the scores is not.</summary>
public enum AlibiForm
{
    /// <summary>−slope · distance.</summary>
    Distance,

    /// <summary>slope · the key's position, as in BLOOM.</summary>
    KeyPosition,

    /// <summary>slope · (the key's position − the last one's), as in MPT.</summary>
    KeyPositionFromEnd,

    /// <summary>slope · the key's position, slope and product rounded to bfloat16, as in
    /// Falcon.</summary>
    RoundedKeyPosition,
}

/// <summary>Attention with linear biases (Press, Smith and Lewis 2022): a penalty that grows with
/// the distance, steeper in some heads.</summary>
public static class Alibi
{
    /// <summary>The slope of every head, with m the largest power of two up to the number of heads.
    /// <code>
    /// slope[i] = 2^(−8 (i + 1) / m)              for i &lt; m
    ///          = 2^(−4 (2 (i − m) + 1) / m)      for the rest
    /// </code></summary>
    /// <param name="heads">The number of heads.</param>
    /// <param name="kind">Geometric: m is the number of heads.</param>
    /// <returns>One positive number for each head.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are no heads.</exception>
    public static double[] Slopes(int heads, AlibiSlopes kind = AlibiSlopes.Paper)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(heads);
        int power = kind == AlibiSlopes.Geometric ? heads : 1 << BitOperations.Log2((uint)heads);
        var slopes = new double[heads];
        for (int i = 0; i < heads; i++)
        {
            slopes[i] = i < power
                ? Math.Pow(2, -8.0 * (i + 1) / power)
                : Math.Pow(2, -4.0 * ((2 * (i - power)) + 1) / power);
        }

        return slopes;
    }

    /// <summary>The relative bias that <see cref="Ops.Attention"/> takes.
    /// <code>
    /// causal: bias[h, n] = −slope[h] · n;  both ways: −slope[h] · |n − (queries − 1)|
    /// </code></summary>
    /// <param name="heads">The number of heads.</param>
    /// <param name="queries">The number of queries.</param>
    /// <param name="keys">The number of keys.</param>
    /// <param name="causal">Whether keys after the query are never seen.</param>
    /// <param name="slopes">The kind of slopes.</param>
    /// <returns>float32 [head, distance]; the caller owns it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are no heads.</exception>
    public static Tensor<float> RelativeBias(
        int heads, int queries, int keys, bool causal = true,
        AlibiSlopes slopes = AlibiSlopes.Paper)
    {
        double[] rates = Slopes(heads, slopes);
        int before = causal ? 0 : Math.Max(queries - 1, 0);
        int distances = causal ? keys : Math.Max(queries + keys - 1, 0);
        Tensor<float> bias = Tensor.Empty<float>([heads, distances]);
        Span<float> values = bias.WritableSpan;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)(-rates[i / distances] * Math.Abs((i % distances) - before));
        }

        return bias;
    }

    /// <summary>The bias of keys by their position, which queries share.</summary>
    /// <param name="slopes">One for each head.</param>
    /// <param name="positions">Of the keys: int32 [batch, keyPos].</param>
    /// <param name="form">One of the forms by position.</param>
    /// <returns>float32 [batch, head, 1, keyPos]; the caller owns it.</returns>
    internal static Tensor<float> KeyBias(
        double[] slopes, Tensor<int> positions, AlibiForm form)
    {
        (int batch, int keys) = (positions.Shape[0], positions.Shape[1]);
        Tensor<float> bias = Tensor.Empty<float>([batch, slopes.Length, 1, keys]);
        Span<float> values = bias.WritableSpan;
        for (int i = 0; i < values.Length; i++)
        {
            int row = i / (slopes.Length * keys);
            double slope = slopes[i / keys % slopes.Length];
            int position = positions[row, i % keys];
            values[i] = form switch
            {
                AlibiForm.KeyPosition => (float)(slope * position),
                AlibiForm.KeyPositionFromEnd => (float)(slope * (position - keys + 1)),
                _ => (float)(BFloat16)((float)(BFloat16)(float)slope * position),
            };
        }

        return bias;
    }
}
