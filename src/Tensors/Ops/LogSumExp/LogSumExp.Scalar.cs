namespace Vitrine.Tensors;

/// <content>The log-sum-exp.</content>
internal static partial class Scalar
{
    /// <summary><c>log Σ exp x = max + log Σ exp(x − max)</c>; −∞ of nothing.</summary>
    public static double LogSumExp(ReadOnlySpan<float> x)
    {
        double max = double.NegativeInfinity;
        foreach (float value in x)
        {
            max = Math.Max(max, value);
        }

        double sum = 0;
        foreach (float value in x)
        {
            sum += Math.Exp(value - max);
        }

        return double.IsNegativeInfinity(max) ? max : max + Math.Log(sum);
    }
}
