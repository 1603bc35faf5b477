namespace Vitrine.Tensors;

/// <content>Rotary embeddings.</content>
internal static partial class Scalar
{
    /// <summary><c>(y_a, y_b) = (x_a cos θ − x_b sin θ, x_b cos θ + x_a sin θ)</c> for the pairs
    /// of one vector; entries beyond the pairs are copied.</summary>
    public static void Rotary(
        ReadOnlySpan<float> x, ReadOnlySpan<float> cos, ReadOnlySpan<float> sin,
        RotaryPairing pairing, Span<float> y)
    {
        x.CopyTo(y);
        for (int i = 0; i < cos.Length; i++)
        {
            (int a, int b) = pairing == RotaryPairing.Halves
                ? (i, i + cos.Length) : (2 * i, (2 * i) + 1);
            y[a] = (float)(((double)x[a] * cos[i]) - ((double)x[b] * sin[i]));
            y[b] = (float)(((double)x[b] * cos[i]) + ((double)x[a] * sin[i]));
        }
    }
}
