namespace Vitrine.Tensors;

/// <content>Cross-entropy.</content>
internal static partial class Scalar
{
    /// <summary><c>log Σ exp logits − logits[target]</c></summary>
    public static double CrossEntropy(ReadOnlySpan<float> logits, int target) =>
        LogSumExp(logits) - logits[target];

    /// <summary><c>dLogits[j] = dLoss · (softmax(logits)[j] − [j = target])</c></summary>
    public static void CrossEntropyBackward(
        ReadOnlySpan<float> logits, int target, float dLoss, Span<float> dLogits)
    {
        double total = LogSumExp(logits);
        for (int j = 0; j < logits.Length; j++)
        {
            dLogits[j] = (float)(dLoss * (Math.Exp(logits[j] - total) - (j == target ? 1 : 0)));
        }
    }
}
