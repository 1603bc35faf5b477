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
}
