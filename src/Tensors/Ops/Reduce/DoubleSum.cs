using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Vitrine.Tensors;

/// <summary>
/// Sums of float32 numbers and of products of them in double precision. The products are exact and
/// four accumulators of a vector each hide the latency of the addition; they and their lanes are
/// joined in a fixed tree. Against the exact sum the error is far below one float32 rounding.
/// </summary>
internal static unsafe class DoubleSum
{
    /// <summary>Σ xᵢ.</summary>
    public static double Of(float* x, int count) => Widest(x, null, count);

    /// <summary>Σ aᵢ bᵢ.</summary>
    public static double OfProducts(float* a, float* b, int count) => Widest(a, b, count);

    /// <summary>Σᵢ x[i · stride + r] for each of <see cref="ReductionGroup.Rows"/> neighbouring
    /// columns, with the bits that <see cref="Of"/> gives for each: the values that meet in one
    /// lane there meet in one accumulator here, and the accumulators are joined in the same
    /// tree.</summary>
    /// <returns>True.</returns>
    public static bool OfNeighbours(float* x, long stride, int count, double* sums)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            RunNeighbours<Wide512, Vector512<double>>(x, stride, count, sums);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            RunNeighbours<Wide256, Vector256<double>>(x, stride, count, sums);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            RunNeighbours<Wide128, Vector128<double>>(x, stride, count, sums);
        }
        else
        {
            RunNeighbours<Wide1, double>(x, stride, count, sums);
        }

        return true;
    }

    private static void RunNeighbours<TWide, T>(float* x, long stride, int count, double* sums)
        where TWide : IWide<T>
        where T : unmanaged
    {
        const int Columns = ReductionGroup.Rows;
        int classes = 4 * TWide.Count;
        double* lanes = stackalloc double[classes * Columns];
        new Span<double>(lanes, classes * Columns).Clear();
        new Span<double>(sums, Columns).Clear();
        int main = count / classes * classes;
        for (int i = 0; i < count; i++)
        {
            float* row = x + (i * stride);
            double* into = i < main ? lanes + (i % classes * Columns) : sums;
            for (int c = 0; c < Columns; c += TWide.Count)
            {
                TWide.Store(TWide.Add(TWide.Read(into + c), TWide.Load(row + c)), into + c);
            }
        }

        // As in Run: accumulators 0 + 1, 2 + 3, both, then halves of the lanes, then the tail.
        int width = TWide.Count * Columns;
        AddTo<TWide, T>(lanes, lanes + width, width);
        AddTo<TWide, T>(lanes + (2 * width), lanes + (3 * width), width);
        AddTo<TWide, T>(lanes, lanes + (2 * width), width);
        for (int half = width / 2; half >= Columns; half /= 2)
        {
            AddTo<TWide, T>(lanes, lanes + half, half);
        }

        AddTo<TWide, T>(sums, lanes, Columns);
    }

    private static void AddTo<TWide, T>(double* to, double* from, int count)
        where TWide : IWide<T>
        where T : unmanaged
    {
        for (int i = 0; i < count; i += TWide.Count)
        {
            TWide.Store(TWide.Add(TWide.Read(to + i), TWide.Read(from + i)), to + i);
        }
    }

    private static double Widest(float* a, float* b, int count)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            return Run<Wide512, Vector512<double>>(a, b, count);
        }

        if (Vector256.IsHardwareAccelerated)
        {
            return Run<Wide256, Vector256<double>>(a, b, count);
        }

        return Vector128.IsHardwareAccelerated
            ? Run<Wide128, Vector128<double>>(a, b, count)
            : Run<Wide1, double>(a, b, count);
    }

    private static double Run<TWide, T>(float* a, float* b, int count)
        where TWide : IWide<T>
        where T : unmanaged
    {
        T sum0 = default;
        T sum1 = default;
        T sum2 = default;
        T sum3 = default;
        int step = TWide.Count;
        int i = 0;
        for (; i <= count - (4 * step); i += 4 * step)
        {
            sum0 = TWide.Add(sum0, Term<TWide, T>(a, b, i));
            sum1 = TWide.Add(sum1, Term<TWide, T>(a, b, i + step));
            sum2 = TWide.Add(sum2, Term<TWide, T>(a, b, i + (2 * step)));
            sum3 = TWide.Add(sum3, Term<TWide, T>(a, b, i + (3 * step)));
        }

        double tail = 0;
        for (; i < count; i++)
        {
            tail += b == null ? a[i] : (double)a[i] * b[i];
        }

        return TWide.Sum(TWide.Add(TWide.Add(sum0, sum1), TWide.Add(sum2, sum3))) + tail;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Term<TWide, T>(float* a, float* b, int i)
        where TWide : IWide<T>
        where T : unmanaged =>
        b == null ? TWide.Load(a + i) : TWide.Multiply(TWide.Load(a + i), TWide.Load(b + i));

    /// <summary>Double-precision operations over one vector width.</summary>
    private interface IWide<T>
    {
        static abstract int Count { get; }

        /// <summary>Loads <see cref="Count"/> floats and widens them.</summary>
        static abstract T Load(float* from);

        static abstract T Read(double* from);

        static abstract void Store(T x, double* to);

        static abstract T Add(T x, T y);

        static abstract T Multiply(T x, T y);

        static abstract double Sum(T x);
    }

    private readonly struct Wide512 : IWide<Vector512<double>>
    {
        public static int Count => 8;

        public static Vector512<double> Load(float* from) =>
            Vector512.WidenLower(Vector256.Load(from).ToVector512Unsafe());

        public static Vector512<double> Read(double* from) => Vector512.Load(from);

        public static void Store(Vector512<double> x, double* to) => x.Store(to);

        public static Vector512<double> Add(Vector512<double> x, Vector512<double> y) => x + y;

        public static Vector512<double> Multiply(Vector512<double> x, Vector512<double> y) => x * y;

        public static double Sum(Vector512<double> x) => Wide256.Sum(x.GetLower() + x.GetUpper());
    }

    private readonly struct Wide256 : IWide<Vector256<double>>
    {
        public static int Count => 4;

        public static Vector256<double> Load(float* from) =>
            Vector256.WidenLower(Vector128.Load(from).ToVector256Unsafe());

        public static Vector256<double> Read(double* from) => Vector256.Load(from);

        public static void Store(Vector256<double> x, double* to) => x.Store(to);

        public static Vector256<double> Add(Vector256<double> x, Vector256<double> y) => x + y;

        public static Vector256<double> Multiply(Vector256<double> x, Vector256<double> y) => x * y;

        public static double Sum(Vector256<double> x) => Wide128.Sum(x.GetLower() + x.GetUpper());
    }

    private readonly struct Wide128 : IWide<Vector128<double>>
    {
        public static int Count => 2;

        public static Vector128<double> Load(float* from) =>
            Vector128.WidenLower(Vector64.Load(from).ToVector128Unsafe());

        public static Vector128<double> Read(double* from) => Vector128.Load(from);

        public static void Store(Vector128<double> x, double* to) => x.Store(to);

        public static Vector128<double> Add(Vector128<double> x, Vector128<double> y) => x + y;

        public static Vector128<double> Multiply(Vector128<double> x, Vector128<double> y) => x * y;

        public static double Sum(Vector128<double> x) => x[0] + x[1];
    }

    private readonly struct Wide1 : IWide<double>
    {
        public static int Count => 1;

        public static double Load(float* from) => *from;

        public static double Read(double* from) => *from;

        public static void Store(double x, double* to) => *to = x;

        public static double Add(double x, double y) => x + y;

        public static double Multiply(double x, double y) => x * y;

        public static double Sum(double x) => x;
    }
}
