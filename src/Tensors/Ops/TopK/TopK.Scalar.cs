namespace Vitrine.Tensors;

/// <content>The largest values.</content>
internal static partial class Scalar
{
    /// <summary>The positions of the k largest, largest first, and among equals the first
    /// first.</summary>
    public static int[] TopK(ReadOnlySpan<float> x, int k)
    {
        float[] values = x.ToArray();
        return [.. Enumerable.Range(0, values.Length).OrderByDescending(i => values[i]).Take(k)];
    }
}
