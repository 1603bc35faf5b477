using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Vitrine.Tensors;

/// <summary>
/// Exponential and logarithm over vectors of any width; the JIT inlines them into the kernel's
/// loop. Both reduce the argument to a short interval around the function's simple point and use a
/// minimax polynomial there (Remez exchange, relative error below 6e-9, far under float32's
/// rounding). Measured against float64 over all magnitudes: within 1.5 units in the last place.
/// </summary>
internal static class VectorMath
{
    /// <summary>The bits of √½: where <see cref="ILanes{T}.Split"/> cuts the mantissa.</summary>
    public const int RootHalf = 0x3f3504f3;

    // ln 2 in two parts: the first has nine bits, so that n · Ln2High is exact.
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;

    public static Vector512<float> Exp(Vector512<float> x) => Exp<Lanes512, Vector512<float>>(x);

    public static Vector256<float> Exp(Vector256<float> x) => Exp<Lanes256, Vector256<float>>(x);

    public static Vector128<float> Exp(Vector128<float> x) => Exp<Lanes128, Vector128<float>>(x);

    public static float Exp(float x) => Exp<Lanes1, float>(x);

    public static Vector512<float> Log(Vector512<float> x) => Log<Lanes512, Vector512<float>>(x);

    public static Vector256<float> Log(Vector256<float> x) => Log<Lanes256, Vector256<float>>(x);

    public static Vector128<float> Log(Vector128<float> x) => Log<Lanes128, Vector128<float>>(x);

    public static float Log(float x) => Log<Lanes1, float>(x);

    /// <summary>eˣ = 2ⁿ · eʳ with n = round(x / ln 2), |r| ≤ ½ ln 2. Overflows to ∞, underflows
    /// through the subnormals to 0, keeps NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Exp<TLanes, T>(T x)
        where TLanes : ILanes<T>
        where T : unmanaged
    {
        T bounded = TLanes.Min(TLanes.All(89f), TLanes.Max(TLanes.All(-104f), x));
        T n = TLanes.Round(TLanes.Multiply(bounded, TLanes.All(1.44269504f)));
        T r = TLanes.MultiplyAdd(n, TLanes.All(-Ln2High), bounded);
        r = TLanes.MultiplyAdd(n, TLanes.All(-Ln2Low), r);

        T p = TLanes.All(0.00138145410565f);
        p = TLanes.MultiplyAdd(p, r, TLanes.All(0.00836874510461f));
        p = TLanes.MultiplyAdd(p, r, TLanes.All(0.0416683907697f));
        p = TLanes.MultiplyAdd(p, r, TLanes.All(0.166665203991f));
        p = TLanes.MultiplyAdd(p, r, TLanes.All(0.499999934322f));
        p = TLanes.MultiplyAdd(p, r, TLanes.All(1f));
        p = TLanes.MultiplyAdd(p, r, TLanes.All(1f));
        return TLanes.Scale(p, n);
    }

    /// <summary>log x = e · ln 2 + log m with m in [√½, √2). 0 gives −∞, below 0 NaN; subnormals
    /// are exact; ∞ and NaN stay.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Log<TLanes, T>(T x)
        where TLanes : ILanes<T>
        where T : unmanaged
    {
        T isSmall = TLanes.IsLess(x, TLanes.All(1.17549435e-38f));
        T normal = TLanes.Select(isSmall, TLanes.Multiply(x, TLanes.All(8388608f)), x);
        T m = TLanes.Split(normal, out T e);
        e = TLanes.Add(e, TLanes.Select(isSmall, TLanes.All(-23f), TLanes.All(0f)));
        T f = TLanes.Subtract(m, TLanes.All(1f));

        T p = TLanes.All(0.0674664838094f);
        p = TLanes.MultiplyAdd(p, f, TLanes.All(-0.116756550522f));
        p = TLanes.MultiplyAdd(p, f, TLanes.All(0.118881605785f));
        p = TLanes.MultiplyAdd(p, f, TLanes.All(-0.124055883092f));
        p = TLanes.MultiplyAdd(p, f, TLanes.All(0.14219552507f));
        p = TLanes.MultiplyAdd(p, f, TLanes.All(-0.166679958906f));
        p = TLanes.MultiplyAdd(p, f, TLanes.All(0.200021186527f));
        p = TLanes.MultiplyAdd(p, f, TLanes.All(-0.250000095987f));
        p = TLanes.MultiplyAdd(p, f, TLanes.All(0.333333126042f));
        T square = TLanes.Multiply(f, f);
        T tail = TLanes.Multiply(TLanes.Multiply(p, square), f);
        tail = TLanes.MultiplyAdd(e, TLanes.All(Ln2Low), tail);
        tail = TLanes.MultiplyAdd(square, TLanes.All(-0.5f), tail);
        T log = TLanes.MultiplyAdd(e, TLanes.All(Ln2High), TLanes.Add(f, tail));

        log = TLanes.Select(TLanes.IsLess(x, TLanes.All(float.PositiveInfinity)), log, x);
        log = TLanes.Select(
            TLanes.IsEqual(x, TLanes.All(0f)), TLanes.All(float.NegativeInfinity), log);
        return TLanes.Select(TLanes.IsLess(x, TLanes.All(0f)), TLanes.All(float.NaN), log);
    }

    /// <summary>tanh x: an odd polynomial where |x| is below 0.625, else 1 − 2 / (e²|ˣ| + 1) with
    /// the sign of x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Tanh<TLanes, T>(T x)
        where TLanes : ILanes<T>
        where T : unmanaged
    {
        T size = TLanes.Abs(x);
        T power = Exp<TLanes, T>(TLanes.Add(size, size));
        T far = TLanes.Subtract(
            TLanes.All(1), TLanes.Divide(TLanes.All(2), TLanes.Add(power, TLanes.All(1))));
        far = TLanes.Select(
            TLanes.IsLess(x, TLanes.All(0)), TLanes.Subtract(TLanes.All(0), far), far);

        // tanh x = x + x · z · p(z), z = x²; p interpolates at Chebyshev nodes, error below
        // 6e-10.
        T z = TLanes.Multiply(x, x);
        T p = TLanes.All(0.00229274481618f);
        p = TLanes.MultiplyAdd(p, z, TLanes.All(-0.00834394551584f));
        p = TLanes.MultiplyAdd(p, z, TLanes.All(0.021768918651f));
        p = TLanes.MultiplyAdd(p, z, TLanes.All(-0.0539592595772f));
        p = TLanes.MultiplyAdd(p, z, TLanes.All(0.133333035569f));
        p = TLanes.MultiplyAdd(p, z, TLanes.All(-0.333333331721f));
        T near = TLanes.MultiplyAdd(TLanes.Multiply(x, z), p, x);
        return TLanes.Select(TLanes.IsLess(size, TLanes.All(0.625f)), near, far);
    }

    /// <summary>1 / (1 + e⁻ˣ): e⁻ˣ may become ∞, and 1/∞ is 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sigmoid<TLanes, T>(T x)
        where TLanes : ILanes<T>
        where T : unmanaged =>
            TLanes.Divide(
                TLanes.All(1),
                TLanes.Add(
                    TLanes.All(1), Exp<TLanes, T>(TLanes.Subtract(TLanes.All(-0f), x))));

    /// <summary>The normal distribution function Φ and its density φ. Φ(−|x|) = e^(−x²/2) · t · p(t)
    /// with t = 1 / (1 + 0.24 |x|) and p interpolated at Chebyshev nodes up to |x| = 14.5, where
    /// float32 ends; relative error below 4e-9.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Normal<TLanes, T>(T x, out T density)
        where TLanes : ILanes<T>
        where T : unmanaged
    {
        T size = TLanes.Abs(x);
        T power = Exp<TLanes, T>(
            TLanes.Multiply(TLanes.Multiply(size, size), TLanes.All(-0.5f)));
        density = TLanes.Multiply(power, TLanes.All(0.398942280401f));
        T t = TLanes.Divide(
            TLanes.All(1), TLanes.MultiplyAdd(size, TLanes.All(0.24f), TLanes.All(1)));
        T p = TLanes.All(0.0256937516874f);
        p = TLanes.MultiplyAdd(p, t, TLanes.All(-0.125604055169f));
        p = TLanes.MultiplyAdd(p, t, TLanes.All(0.207893925509f));
        p = TLanes.MultiplyAdd(p, t, TLanes.All(-0.147688827937f));
        p = TLanes.MultiplyAdd(p, t, TLanes.All(0.144468526599f));
        p = TLanes.MultiplyAdd(p, t, TLanes.All(0.0264370662247f));
        p = TLanes.MultiplyAdd(p, t, TLanes.All(0.088391567669f));
        p = TLanes.MultiplyAdd(p, t, TLanes.All(0.0887914833334f));
        p = TLanes.MultiplyAdd(p, t, TLanes.All(0.0958754841375f));
        p = TLanes.MultiplyAdd(p, t, TLanes.All(0.0957410794348f));
        T left = TLanes.Multiply(power, TLanes.Multiply(p, t));
        return TLanes.Select(
            TLanes.IsLess(TLanes.All(0), x), TLanes.Subtract(TLanes.All(1), left), left);
    }
}
