using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Vitrine.Tensors;

/// <summary>What happens to one query's scores in a tile, in whole vectors: bias and mask, the
/// running softmax of the forward pass, and the derivative of the backward pass.</summary>
internal static unsafe class AttentionRows<TLanes, T>
    where TLanes : ILanes<T>
    where T : unmanaged
{
    /// <summary>Adds bias and mask, where given, to the scores of <paramref name="count"/>
    /// keys.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(float* scores, int count, float* bias, float* mask, nint maskStep)
    {
        if (bias != null)
        {
            AddRow(scores, count, bias, 1);
        }

        if (mask != null)
        {
            AddRow(scores, count, mask, maskStep);
        }
    }

    /// <summary>Replaces scores by cap · tanh(score / cap), whole vectors, and keeps the derivative
    /// 1 − tanh² where <paramref name="slopes"/> is given.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Cap(float* scores, float* slopes, int count, float cap)
    {
        T caps = TLanes.All(cap);
        T inverse = TLanes.All(1 / cap);
        for (int j = 0; j < count; j += TLanes.Count)
        {
            T tanh = VectorMath.Tanh<TLanes, T>(
                TLanes.Multiply(TLanes.Load(scores + j), inverse));
            TLanes.Store(TLanes.Multiply(tanh, caps), scores + j);
            if (slopes != null)
            {
                TLanes.Store(
                    TLanes.Subtract(TLanes.All(1), TLanes.Multiply(tanh, tanh)), slopes + j);
            }
        }
    }

    /// <summary>x ∘ y into x, whole vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(float* x, float* y, int count)
    {
        for (int j = 0; j < count; j += TLanes.Count)
        {
            TLanes.Store(TLanes.Multiply(TLanes.Load(x + j), TLanes.Load(y + j)), x + j);
        }
    }

    /// <summary>Hides the keys from <paramref name="count"/> to the next whole vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Hide(float* scores, int count)
    {
        for (; count % TLanes.Count != 0; count++)
        {
            scores[count] = float.NegativeInfinity;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Max(float* scores, int count)
    {
        T max = TLanes.Load(scores);
        for (int j = TLanes.Count; j < count; j += TLanes.Count)
        {
            max = TLanes.Max(max, TLanes.Load(scores + j));
        }

        return Across(max);
    }

    /// <summary>Replaces scores by exp(score − max) and returns their sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Exponentials(float* scores, int count, float max)
    {
        T shift = TLanes.All(max);
        T sum = TLanes.All(0);
        for (int j = 0; j < count; j += TLanes.Count)
        {
            T p = VectorMath.Exp<TLanes, T>(TLanes.Subtract(TLanes.Load(scores + j), shift));
            TLanes.Store(p, scores + j);
            sum = TLanes.Add(sum, p);
        }

        return TLanes.Sum(sum);
    }

    /// <summary>Replaces scores by the pattern, exp((score − largest) − logSum), and dPattern by
    /// dScore, pattern · (dPattern − mean). The difference of large scores comes first: it is
    /// exact.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Derivatives(
        float* scores, float* dPattern, int count, float largest, float logSum, float mean)
    {
        T largests = TLanes.All(largest);
        T logSums = TLanes.All(logSum);
        T means = TLanes.All(mean);
        for (int j = 0; j < count; j += TLanes.Count)
        {
            T below = TLanes.Subtract(TLanes.Load(scores + j), largests);
            T p = VectorMath.Exp<TLanes, T>(TLanes.Subtract(below, logSums));
            TLanes.Store(p, scores + j);
            T d = TLanes.Subtract(TLanes.Load(dPattern + j), means);
            TLanes.Store(TLanes.Multiply(p, d), dPattern + j);
        }
    }

    /// <summary>x · factor, a whole number of vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scale(float* x, int count, float factor)
    {
        T factors = TLanes.All(factor);
        for (int j = 0; j < count; j += TLanes.Count)
        {
            TLanes.Store(TLanes.Multiply(TLanes.Load(x + j), factors), x + j);
        }
    }

    /// <summary>to[j · step] += factor · from[j].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddTo(float* to, nint step, float* from, long count, float factor)
    {
        nint j = 0;
        if (step == 1)
        {
            T factors = TLanes.All(factor);
            for (; j <= count - TLanes.Count; j += TLanes.Count)
            {
                T sum = TLanes.MultiplyAdd(TLanes.Load(from + j), factors, TLanes.Load(to + j));
                TLanes.Store(sum, to + j);
            }
        }

        for (; j < count; j++)
        {
            to[j * step] = float.MultiplyAddEstimate(from[j], factor, to[j * step]);
        }
    }

    private static void AddRow(float* scores, int count, float* row, nint step)
    {
        int j = 0;
        if (step == 1)
        {
            for (; j <= count - TLanes.Count; j += TLanes.Count)
            {
                TLanes.Store(TLanes.Add(TLanes.Load(scores + j), TLanes.Load(row + j)), scores + j);
            }
        }

        for (; j < count; j++)
        {
            scores[j] += row[j * step];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Across(T x)
    {
        if (typeof(T) == typeof(Vector512<float>))
        {
            var all = Unsafe.BitCast<T, Vector512<float>>(x);
            return Across(Vector256.Max(all.GetLower(), all.GetUpper()));
        }

        if (typeof(T) == typeof(Vector256<float>))
        {
            return Across(Unsafe.BitCast<T, Vector256<float>>(x));
        }

        return typeof(T) == typeof(Vector128<float>)
            ? Across(Unsafe.BitCast<T, Vector128<float>>(x))
            : Unsafe.BitCast<T, float>(x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Across(Vector256<float> x) =>
        Across(Vector128.Max(x.GetLower(), x.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Across(Vector128<float> x) =>
        Math.Max(Math.Max(x[0], x[1]), Math.Max(x[2], x[3]));
}
