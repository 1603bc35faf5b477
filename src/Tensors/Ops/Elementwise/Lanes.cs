using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Vitrine.Tensors;

/// <summary>
/// The float operations that kernels need, over one vector width. A kernel is written once, generic
/// over this, and the JIT makes one body per width: 16, 8 or 4 lanes, or 1 where there are no
/// vectors. Masks are values with all bits set or none. One lane computes what a vector's lane
/// computes, so a tail has the same bits as the body.
/// </summary>
internal unsafe interface ILanes<T>
    where T : unmanaged
{
    static abstract int Count { get; }

    static abstract T Load(float* from);

    static abstract void Store(T x, float* to);

    /// <summary>Stores at an address that is a whole number of vectors, past the caches: for what
    /// is read again only when they have long lost it.</summary>
    static abstract void StorePast(T x, float* to);

    static abstract T All(float value);

    static abstract T Add(T x, T y);

    static abstract T Subtract(T x, T y);

    static abstract T Multiply(T x, T y);

    static abstract T Divide(T x, T y);

    /// <summary>x · y + z; fused where the machine can.</summary>
    static abstract T MultiplyAdd(T x, T y, T z);

    /// <summary>The larger; a NaN in <paramref name="y"/> stays.</summary>
    static abstract T Max(T x, T y);

    /// <summary>The smaller; a NaN in <paramref name="y"/> stays.</summary>
    static abstract T Min(T x, T y);

    static abstract T Round(T x);

    static abstract T Sqrt(T x);

    static abstract T Abs(T x);

    /// <summary>x · 2ⁿ for whole n in −150 … 128, rounded once.</summary>
    static abstract T Scale(T x, T n);

    /// <summary>For a normal x = m · 2ᵉ with m in [√½, √2): m, and e.</summary>
    static abstract T Split(T x, out T exponent);

    static abstract T IsLess(T x, T y);

    static abstract T IsEqual(T x, T y);

    static abstract T Select(T mask, T x, T y);

    /// <summary>The sum of the lanes, in a fixed tree.</summary>
    static abstract float Sum(T x);
}

internal readonly unsafe struct Lanes512 : ILanes<Vector512<float>>
{
    public static int Count => 16;

    public static Vector512<float> Load(float* from) => Vector512.Load(from);

    public static void Store(Vector512<float> x, float* to) => x.Store(to);

    public static void StorePast(Vector512<float> x, float* to) =>
        x.StoreAlignedNonTemporal(to);

    public static Vector512<float> All(float value) => Vector512.Create(value);

    public static Vector512<float> Add(Vector512<float> x, Vector512<float> y) => x + y;

    public static Vector512<float> Subtract(Vector512<float> x, Vector512<float> y) => x - y;

    public static Vector512<float> Multiply(Vector512<float> x, Vector512<float> y) => x * y;

    public static Vector512<float> Divide(Vector512<float> x, Vector512<float> y) => x / y;

    public static Vector512<float> MultiplyAdd(
        Vector512<float> x, Vector512<float> y,
        Vector512<float> z) => Vector512.MultiplyAddEstimate(x, y, z);

    public static Vector512<float> Max(Vector512<float> x, Vector512<float> y) =>
        Vector512.MaxNative(x, y);

    public static Vector512<float> Min(Vector512<float> x, Vector512<float> y) =>
        Vector512.MinNative(x, y);

    public static Vector512<float> Round(Vector512<float> x) => Vector512.Round(x);

    public static Vector512<float> Sqrt(Vector512<float> x) => Vector512.Sqrt(x);

    public static Vector512<float> Abs(Vector512<float> x) => Vector512.Abs(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Scale(Vector512<float> x, Vector512<float> n)
    {
        if (Avx512F.IsSupported)
        {
            return Avx512F.Scale(x, n);
        }

        Vector512<int> power = Vector512.ConvertToInt32Native(n);
        Vector512<int> half = power >> 1;
        return x * ((half + Vector512.Create(127)) << 23).AsSingle()
            * ((power - half + Vector512.Create(127)) << 23).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Split(Vector512<float> x, out Vector512<float> exponent)
    {
        Vector512<int> power = (x.AsInt32() - Vector512.Create(VectorMath.RootHalf)) >> 23;
        exponent = Vector512.ConvertToSingle(power);
        return (x.AsInt32() - (power << 23)).AsSingle();
    }

    public static Vector512<float> IsLess(Vector512<float> x, Vector512<float> y) =>
        Vector512.LessThan(x, y);

    public static Vector512<float> IsEqual(Vector512<float> x, Vector512<float> y) =>
        Vector512.Equals(x, y);

    public static Vector512<float> Select(
        Vector512<float> mask, Vector512<float> x, Vector512<float> y) =>
        Vector512.ConditionalSelect(mask, x, y);

    public static float Sum(Vector512<float> x) => Lanes256.Sum(x.GetLower() + x.GetUpper());
}

internal readonly unsafe struct Lanes256 : ILanes<Vector256<float>>
{
    public static int Count => 8;

    public static Vector256<float> Load(float* from) => Vector256.Load(from);

    public static void Store(Vector256<float> x, float* to) => x.Store(to);

    public static void StorePast(Vector256<float> x, float* to) =>
        x.StoreAlignedNonTemporal(to);

    public static Vector256<float> All(float value) => Vector256.Create(value);

    public static Vector256<float> Add(Vector256<float> x, Vector256<float> y) => x + y;

    public static Vector256<float> Subtract(Vector256<float> x, Vector256<float> y) => x - y;

    public static Vector256<float> Multiply(Vector256<float> x, Vector256<float> y) => x * y;

    public static Vector256<float> Divide(Vector256<float> x, Vector256<float> y) => x / y;

    public static Vector256<float> MultiplyAdd(
        Vector256<float> x, Vector256<float> y,
        Vector256<float> z) => Vector256.MultiplyAddEstimate(x, y, z);

    public static Vector256<float> Max(Vector256<float> x, Vector256<float> y) =>
        Vector256.MaxNative(x, y);

    public static Vector256<float> Min(Vector256<float> x, Vector256<float> y) =>
        Vector256.MinNative(x, y);

    public static Vector256<float> Round(Vector256<float> x) => Vector256.Round(x);

    public static Vector256<float> Sqrt(Vector256<float> x) => Vector256.Sqrt(x);

    public static Vector256<float> Abs(Vector256<float> x) => Vector256.Abs(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Scale(Vector256<float> x, Vector256<float> n)
    {
        Vector256<int> power = Vector256.ConvertToInt32Native(n);
        Vector256<int> half = power >> 1;
        return x * ((half + Vector256.Create(127)) << 23).AsSingle()
            * ((power - half + Vector256.Create(127)) << 23).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Split(Vector256<float> x, out Vector256<float> exponent)
    {
        Vector256<int> power = (x.AsInt32() - Vector256.Create(VectorMath.RootHalf)) >> 23;
        exponent = Vector256.ConvertToSingle(power);
        return (x.AsInt32() - (power << 23)).AsSingle();
    }

    public static Vector256<float> IsLess(Vector256<float> x, Vector256<float> y) =>
        Vector256.LessThan(x, y);

    public static Vector256<float> IsEqual(Vector256<float> x, Vector256<float> y) =>
        Vector256.Equals(x, y);

    public static Vector256<float> Select(
        Vector256<float> mask, Vector256<float> x, Vector256<float> y) =>
        Vector256.ConditionalSelect(mask, x, y);

    public static float Sum(Vector256<float> x) => Lanes128.Sum(x.GetLower() + x.GetUpper());
}

internal readonly unsafe struct Lanes128 : ILanes<Vector128<float>>
{
    public static int Count => 4;

    public static Vector128<float> Load(float* from) => Vector128.Load(from);

    public static void Store(Vector128<float> x, float* to) => x.Store(to);

    public static void StorePast(Vector128<float> x, float* to) =>
        x.StoreAlignedNonTemporal(to);

    public static Vector128<float> All(float value) => Vector128.Create(value);

    public static Vector128<float> Add(Vector128<float> x, Vector128<float> y) => x + y;

    public static Vector128<float> Subtract(Vector128<float> x, Vector128<float> y) => x - y;

    public static Vector128<float> Multiply(Vector128<float> x, Vector128<float> y) => x * y;

    public static Vector128<float> Divide(Vector128<float> x, Vector128<float> y) => x / y;

    public static Vector128<float> MultiplyAdd(
        Vector128<float> x, Vector128<float> y,
        Vector128<float> z) => Vector128.MultiplyAddEstimate(x, y, z);

    public static Vector128<float> Max(Vector128<float> x, Vector128<float> y) =>
        Vector128.MaxNative(x, y);

    public static Vector128<float> Min(Vector128<float> x, Vector128<float> y) =>
        Vector128.MinNative(x, y);

    public static Vector128<float> Round(Vector128<float> x) => Vector128.Round(x);

    public static Vector128<float> Sqrt(Vector128<float> x) => Vector128.Sqrt(x);

    public static Vector128<float> Abs(Vector128<float> x) => Vector128.Abs(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Scale(Vector128<float> x, Vector128<float> n)
    {
        Vector128<int> power = Vector128.ConvertToInt32Native(n);
        Vector128<int> half = power >> 1;
        return x * ((half + Vector128.Create(127)) << 23).AsSingle()
            * ((power - half + Vector128.Create(127)) << 23).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Split(Vector128<float> x, out Vector128<float> exponent)
    {
        Vector128<int> power = (x.AsInt32() - Vector128.Create(VectorMath.RootHalf)) >> 23;
        exponent = Vector128.ConvertToSingle(power);
        return (x.AsInt32() - (power << 23)).AsSingle();
    }

    public static Vector128<float> IsLess(Vector128<float> x, Vector128<float> y) =>
        Vector128.LessThan(x, y);

    public static Vector128<float> IsEqual(Vector128<float> x, Vector128<float> y) =>
        Vector128.Equals(x, y);

    public static Vector128<float> Select(
        Vector128<float> mask, Vector128<float> x, Vector128<float> y) =>
        Vector128.ConditionalSelect(mask, x, y);

    public static float Sum(Vector128<float> x) => (x[0] + x[2]) + (x[1] + x[3]);
}
