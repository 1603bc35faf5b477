namespace Vitrine.Tensors;

/// <summary>Σ x in double precision.</summary>
internal readonly unsafe struct SumReduction : IReduction<double>
{
    public static bool OfNothing => true;

    public static double Start => 0;

    public static double Of(float* values, int count)
    {
        double sum = 0;
        for (int i = 0; i < count; i++)
        {
            sum += values[i];
        }

        return sum;
    }

    public static double Join(double earlier, double later) => earlier + later;

    public static float Finish(double whole, long count) => (float)whole;
}

/// <summary>Σ x / n in double precision.</summary>
internal readonly unsafe struct MeanReduction : IReduction<double>
{
    public static bool OfNothing => true;

    public static double Start => 0;

    public static double Of(float* values, int count) => SumReduction.Of(values, count);

    public static double Join(double earlier, double later) => earlier + later;

    public static float Finish(double whole, long count) => (float)(whole / count);
}
