namespace Vitrine.Tensors;

/// <summary>max x; NaN if any is.</summary>
internal readonly unsafe struct MaxReduction : IReduction<float>
{
    public static bool OfNothing => false;

    public static float Start => float.NegativeInfinity;

    public static float Of(float* values, int count)
    {
        float max = values[0];
        for (int i = 1; i < count; i++)
        {
            max = MathF.Max(max, values[i]);
        }

        return max;
    }

    public static float Join(float earlier, float later) => MathF.Max(earlier, later);

    public static float Finish(float whole, long count) => whole;
}
