namespace Vitrine.Tensors;

/// <content>A linear layer and its cross-entropy.</content>
internal static partial class Scalar
{
    /// <summary><c>log Σ_v exp logits[v] − logits[target],
    /// logits[v] = Σ_d x[d] · weight[d, v] + bias[v]</c></summary>
    public static double LinearCrossEntropy(
        ReadOnlySpan<float> x, ReadOnlySpan<float> weight, ReadOnlySpan<float> bias, int target)
    {
        float[] logits = new float[bias.Length];
        MatMul(x, weight, logits, 1, x.Length, logits.Length);
        for (int v = 0; v < logits.Length; v++)
        {
            logits[v] += bias[v];
        }

        return CrossEntropy(logits, target);
    }
}
