using System.Runtime.CompilerServices;

namespace Vitrine.Tensors;

/// <summary>(x − max) − ln Σ exp(x − max).</summary>
internal readonly unsafe struct LogSoftmaxMap : IRowMap
{
    public void Invoke<TLanes, T>(float* a, float* b, float* y, int count, bool accumulate)
        where TLanes : ILanes<T>
        where T : unmanaged
    {
        float max = RowKernels.Max<TLanes, T>(a, count);
        float logSum = (float)Math.Log(RowKernels.SumOfExpShifted<TLanes, T>(a, max, count));
        int i = 0;
        for (; i <= count - TLanes.Count; i += TLanes.Count)
        {
            T shifted = TLanes.Subtract(TLanes.Load(a + i), TLanes.All(max));
            TLanes.Store(TLanes.Subtract(shifted, TLanes.All(logSum)), y + i);
        }

        for (; i < count; i++)
        {
            y[i] = a[i] - max - logSum;
        }
    }
}

/// <summary>dY − exp(y) Σ dY, in tiles whose exponentials stay in L1.</summary>
internal readonly unsafe struct LogSoftmaxBackwardMap : IRowMap
{
    [SkipLocalsInit]
    public void Invoke<TLanes, T>(float* a, float* b, float* y, int count, bool accumulate)
        where TLanes : ILanes<T>
        where T : unmanaged
    {
        const int Tile = 512;
        float* power = stackalloc float[Tile];
        float sum = (float)DoubleSum.Of(b, count);
        for (int start = 0; start < count; start += Tile)
        {
            int length = Math.Min(Tile, count - start);
            RowKernels.ExpShifted<TLanes, T>(a + start, 0, power, length);
            for (int i = 0; i < length; i++)
            {
                float value = b[start + i] - (power[i] * sum);
                y[start + i] = accumulate ? y[start + i] + value : value;
            }
        }
    }
}
