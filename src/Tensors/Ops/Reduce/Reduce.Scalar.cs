namespace Vitrine.Tensors;

/// <content>Sums and maxima.</content>
internal static partial class Scalar
{
    /// <summary><c>Σ x</c></summary>
    public static double Sum(ReadOnlySpan<float> x)
    {
        double sum = 0;
        foreach (float value in x)
        {
            sum += value;
        }

        return sum;
    }

    /// <summary><c>Σ x²</c></summary>
    public static double SumOfSquares(ReadOnlySpan<float> x)
    {
        double sum = 0;
        foreach (float value in x)
        {
            sum += (double)value * value;
        }

        return sum;
    }

    /// <summary>The largest value; NaN if there is one, −∞ of nothing.</summary>
    public static float Max(ReadOnlySpan<float> x)
    {
        float max = float.NegativeInfinity;
        foreach (float value in x)
        {
            max = MathF.Max(max, value);
        }

        return max;
    }
}
