namespace Vitrine.Tensors;

/// <content>LayerNorm.</content>
internal static partial class Scalar
{
    /// <summary><c>y = (x − mean) / √(mean (x − mean)² + eps) · weight + bias</c></summary>
    public static void LayerNorm(
        ReadOnlySpan<float> x, ReadOnlySpan<float> weight, ReadOnlySpan<float> bias, float eps,
        Span<float> y)
    {
        double mean = 0;
        double variance = 0;
        foreach (float value in x)
        {
            mean += (double)value / x.Length;
        }

        foreach (float value in x)
        {
            variance += (value - mean) * (value - mean) / x.Length;
        }

        for (int i = 0; i < x.Length; i++)
        {
            y[i] = (float)(((x[i] - mean) / Math.Sqrt(variance + eps) * weight[i]) + bias[i]);
        }
    }
}
