namespace Vitrine.Tensors;

/// <content>RmsNorm.</content>
internal static partial class Scalar
{
    /// <summary><c>y = x / √(mean x² + eps) · weight</c></summary>
    public static void RmsNorm(
        ReadOnlySpan<float> x, ReadOnlySpan<float> weight, float eps, Span<float> y)
    {
        double scale = 1 / Math.Sqrt((SumOfSquares(x) / x.Length) + eps);
        for (int i = 0; i < x.Length; i++)
        {
            y[i] = (float)(x[i] * scale * weight[i]);
        }
    }
}
