using System.Runtime.CompilerServices;

namespace Vitrine.Tensors;

/// <summary>Loops over one contiguous row that several ops are made of. A tail runs on padded lanes
/// where its bits matter, so a row's values do not depend on where vectors end.</summary>
internal static unsafe class RowKernels
{
    /// <summary>The greatest value; NaN if there is one. The row must not be empty.</summary>
    public static float Max<TLanes, T>(float* x, int count)
        where TLanes : ILanes<T>
        where T : unmanaged
    {
        if (count < TLanes.Count)
        {
            return ScalarMax(x, count, float.NegativeInfinity);
        }

        // A lane's maximum is dropped where the new value is NaN and kept NaN afterwards.
        T max = TLanes.Load(x);
        T nan = max;
        int i = TLanes.Count;
        for (; i <= count - TLanes.Count; i += TLanes.Count)
        {
            T value = TLanes.Load(x + i);
            max = TLanes.Max(value, max);
            nan = TLanes.Select(TLanes.IsEqual(value, value), nan, value);
        }

        float* lanes = stackalloc float[32];
        TLanes.Store(max, lanes);
        TLanes.Store(nan, lanes + TLanes.Count);
        return ScalarMax(
            x + i, count - i, ScalarMax(lanes, 2 * TLanes.Count, float.NegativeInfinity));
    }

    /// <summary>yᵢ = exp(xᵢ − shift); y may be x.</summary>
    public static void ExpShifted<TLanes, T>(float* x, float shift, float* y, int count)
        where TLanes : ILanes<T>
        where T : unmanaged
    {
        T by = TLanes.All(shift);
        int i = 0;
        for (; i <= count - TLanes.Count; i += TLanes.Count)
        {
            TLanes.Store(VectorMath.Exp<TLanes, T>(TLanes.Subtract(TLanes.Load(x + i), by)), y + i);
        }

        if (i < count)
        {
            float* lanes = stackalloc float[16];
            new Span<float>(lanes, 16).Clear();
            new ReadOnlySpan<float>(x + i, count - i).CopyTo(new Span<float>(lanes, 16));
            TLanes.Store(VectorMath.Exp<TLanes, T>(TLanes.Subtract(TLanes.Load(lanes), by)), lanes);
            new ReadOnlySpan<float>(lanes, count - i).CopyTo(new Span<float>(y + i, count - i));
        }
    }

    /// <summary>Σ exp(xᵢ − shift) in double precision, through a buffer that stays in L1.</summary>
    [SkipLocalsInit]
    public static double SumOfExpShifted<TLanes, T>(float* x, float shift, int count)
        where TLanes : ILanes<T>
        where T : unmanaged
    {
        const int Tile = 512;
        float* buffer = stackalloc float[Tile];
        double sum = 0;
        for (int i = 0; i < count; i += Tile)
        {
            int length = Math.Min(Tile, count - i);
            ExpShifted<TLanes, T>(x + i, shift, buffer, length);
            sum += DoubleSum.Of(buffer, length);
        }

        return sum;
    }

    /// <summary>yᵢ = a · xᵢ, or added to y; y may be x.</summary>
    public static void Scale<TLanes, T>(float* x, float a, float* y, int count, bool accumulate)
        where TLanes : ILanes<T>
        where T : unmanaged
    {
        T factor = TLanes.All(a);
        int i = 0;
        for (; i <= count - TLanes.Count; i += TLanes.Count)
        {
            T value = TLanes.Multiply(factor, TLanes.Load(x + i));
            TLanes.Store(accumulate ? TLanes.Add(TLanes.Load(y + i), value) : value, y + i);
        }

        for (; i < count; i++)
        {
            y[i] = accumulate ? y[i] + (a * x[i]) : a * x[i];
        }
    }

    /// <summary>yᵢ += xᵢ.</summary>
    public static void Add<TLanes, T>(float* x, float* y, int count)
        where TLanes : ILanes<T>
        where T : unmanaged
    {
        int i = 0;
        for (; i <= count - TLanes.Count; i += TLanes.Count)
        {
            TLanes.Store(TLanes.Add(TLanes.Load(y + i), TLanes.Load(x + i)), y + i);
        }

        for (; i < count; i++)
        {
            y[i] += x[i];
        }
    }

    private static float ScalarMax(float* x, int count, float max)
    {
        for (int i = 0; i < count; i++)
        {
            max = MathF.Max(max, x[i]);
        }

        return max;
    }
}
