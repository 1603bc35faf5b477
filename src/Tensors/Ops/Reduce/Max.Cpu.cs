namespace Vitrine.Tensors;

/// <summary>max x; NaN if any is.</summary>
internal readonly unsafe struct MaxReduction : IReduction<float>
{
    public static bool OfNothing => false;

    public static float Start => float.NegativeInfinity;

    public static float Of<TLanes, T>(float* values, int count)
        where TLanes : ILanes<T>
        where T : unmanaged => RowKernels.Max<TLanes, T>(values, count);

    public static float Join(float earlier, float later) => MathF.Max(earlier, later);

    public static float Finish(float whole, long count) => whole;
}
