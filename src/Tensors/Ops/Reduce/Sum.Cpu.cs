namespace Vitrine.Tensors;

/// <summary>Σ x in double precision.</summary>
internal readonly unsafe struct SumReduction : IReduction<double>
{
    public static bool OfNothing => true;

    public static double Start => 0;

    public static double Of<TLanes, T>(float* values, int count)
        where TLanes : ILanes<T>
        where T : unmanaged => DoubleSum.Of(values, count);

    public static bool OfNeighbours<TLanes, T>(float* values, long stride, int count, double* parts)
        where TLanes : ILanes<T>
        where T : unmanaged => DoubleSum.OfNeighbours(values, stride, count, parts);

    public static double Join(double earlier, double later) => earlier + later;

    public static float Finish(double whole, long count) => (float)whole;
}

/// <summary>Σ x / n in double precision.</summary>
internal readonly unsafe struct MeanReduction : IReduction<double>
{
    public static bool OfNothing => true;

    public static double Start => 0;

    public static double Of<TLanes, T>(float* values, int count)
        where TLanes : ILanes<T>
        where T : unmanaged => DoubleSum.Of(values, count);

    public static bool OfNeighbours<TLanes, T>(float* values, long stride, int count, double* parts)
        where TLanes : ILanes<T>
        where T : unmanaged => DoubleSum.OfNeighbours(values, stride, count, parts);

    public static double Join(double earlier, double later) => earlier + later;

    public static float Finish(double whole, long count) => (float)(whole / count);
}
