namespace Vitrine.Tensors;

/// <summary>Σ x² in double precision.</summary>
internal readonly unsafe struct SumOfSquaresReduction : IReduction<double>
{
    public static bool OfNothing => true;

    public static double Start => 0;

    public static double Of(float* values, int count)
    {
        double sum = 0;
        for (int i = 0; i < count; i++)
        {
            sum += (double)values[i] * values[i];
        }

        return sum;
    }

    public static double Join(double earlier, double later) => earlier + later;

    public static float Finish(double whole, long count) => (float)whole;
}
