namespace Vitrine.Tensors;

/// <summary>Σ x² in double precision.</summary>
internal readonly unsafe struct SumOfSquaresReduction : IReduction<double>
{
    public static bool OfNothing => true;

    public static double Start => 0;

    public static double Of<TLanes, T>(float* values, int count)
        where TLanes : ILanes<T>
        where T : unmanaged => DoubleSum.OfProducts(values, values, count);

    public static double Join(double earlier, double later) => earlier + later;

    public static float Finish(double whole, long count) => (float)whole;
}
