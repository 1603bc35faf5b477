namespace Vitrine.Tensors;

/// <content>The position of the largest value.</content>
internal static partial class Scalar
{
    /// <summary>The first of the largest.</summary>
    public static int ArgMax(ReadOnlySpan<float> x)
    {
        int best = 0;
        for (int i = 1; i < x.Length; i++)
        {
            best = x[i] > x[best] ? i : best;
        }

        return best;
    }
}
