namespace Vitrine.Tensors;

/// <summary>exp(Max) · Sum: a sum of exponentials that cannot overflow.</summary>
internal struct ScaledSum
{
    public float Max;
    public double Sum;
}

/// <summary>ln Σ exp(x): each tile relative to its own maximum, joined at the larger one.</summary>
internal readonly unsafe struct LogSumExpReduction : IReduction<ScaledSum>
{
    public static bool OfNothing => true;

    public static ScaledSum Start => new() { Max = float.NegativeInfinity };

    public static ScaledSum Of<TLanes, T>(float* values, int count)
        where TLanes : ILanes<T>
        where T : unmanaged
    {
        float max = RowKernels.Max<TLanes, T>(values, count);
        return new ScaledSum
        {
            Max = max,
            Sum = float.IsFinite(max)
                ? RowKernels.SumOfExpShifted<TLanes, T>(values, max, count)
                : 0,
        };
    }

    public static ScaledSum Join(ScaledSum earlier, ScaledSum later)
    {
        float max = MathF.Max(earlier.Max, later.Max);
        return float.IsFinite(max)
            ? new ScaledSum { Max = max, Sum = Rescaled(earlier, max) + Rescaled(later, max) }
            : new ScaledSum { Max = max };
    }

    public static float Finish(ScaledSum whole, long count) => float.IsFinite(whole.Max)
        ? (float)(whole.Max + Math.Log(whole.Sum))
        : whole.Max;

    private static double Rescaled(ScaledSum part, float max) =>
        part.Sum == 0 ? 0 : part.Sum * Math.Exp((double)part.Max - max);
}
