using System.Numerics;

namespace Vitrine.Interp;

/// <summary>Sums of analyses in double precision, in the order of the numbers.</summary>
internal static class DoubleSum
{
    /// <summary>An inner product in double precision, with its products added to
    /// <paramref name="start"/> in order.</summary>
    public static double Dot<TLeft, TRight>(
        ReadOnlySpan<TLeft> left, ReadOnlySpan<TRight> right, double start = 0)
        where TLeft : INumberBase<TLeft>
        where TRight : INumberBase<TRight>
    {
        for (int i = 0; i < left.Length; i++)
        {
            start += double.CreateTruncating(left[i]) * double.CreateTruncating(right[i]);
        }

        return start;
    }

    /// <summary><c>log Σ exp(logit)</c>, the largest taken out first.</summary>
    /// <param name="logits">At least one, none of them NaN.</param>
    public static double LogSumExp(ReadOnlySpan<float> logits)
    {
        double largest = double.NegativeInfinity;
        foreach (float logit in logits)
        {
            largest = Math.Max(largest, logit);
        }

        double sum = 0;
        foreach (float logit in logits)
        {
            sum += Math.Exp(logit - largest);
        }

        return largest + Math.Log(sum);
    }
}
