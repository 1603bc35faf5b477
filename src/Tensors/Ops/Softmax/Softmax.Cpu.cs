namespace Vitrine.Tensors;

/// <summary>exp(x − max) / Σ exp(x − max): a pass for the maximum, one for the exponentials, one
/// for their sum, one to scale; the row stays in cache.</summary>
internal readonly unsafe struct SoftmaxMap : IRowMap
{
    public void Invoke<TLanes, T>(float* a, float* b, float* y, int count, bool accumulate)
        where TLanes : ILanes<T>
        where T : unmanaged
    {
        float max = RowKernels.Max<TLanes, T>(a, count);
        RowKernels.ExpShifted<TLanes, T>(a, max, y, count);
        float scale = (float)(1 / DoubleSum.Of(y, count));
        RowKernels.Scale<TLanes, T>(y, scale, y, count, accumulate: false);
    }
}

/// <summary>y (dY − Σ dY y).</summary>
internal readonly unsafe struct SoftmaxBackwardMap : IRowMap
{
    public void Invoke<TLanes, T>(float* a, float* b, float* y, int count, bool accumulate)
        where TLanes : ILanes<T>
        where T : unmanaged
    {
        float mean = (float)DoubleSum.OfProducts(a, b, count);
        T shift = TLanes.All(mean);
        int i = 0;
        for (; i <= count - TLanes.Count; i += TLanes.Count)
        {
            T value = TLanes.Multiply(
                TLanes.Load(a + i), TLanes.Subtract(TLanes.Load(b + i), shift));
            TLanes.Store(accumulate ? TLanes.Add(TLanes.Load(y + i), value) : value, y + i);
        }

        for (; i < count; i++)
        {
            float value = a[i] * (b[i] - mean);
            y[i] = accumulate ? y[i] + value : value;
        }
    }
}
