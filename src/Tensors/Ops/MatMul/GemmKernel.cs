using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Vitrine.Tensors;

/// <summary>
/// The innermost product: a tile of the result stays in registers while k runs,
/// <c>c[i, j] (+)= alpha · Σₚ a[i, p] · b[p, j]</c>. Each step loads two vectors of b and
/// broadcasts one value of a per row: 24 (or 12) independent multiply-adds, enough to hide their
/// latency. a may have any strides, so that packed panels and plain or transposed matrices go
/// through one kernel; b's rows are whole vectors.
/// </summary>
internal unsafe interface IGemmKernel
{
    /// <summary>Rows of a tile.</summary>
    static abstract int Rows { get; }

    /// <summary>Columns of a tile: two vectors.</summary>
    static abstract int Columns { get; }

    /// <summary>Computes one tile.</summary>
    static abstract void Tile(
        int k, float* a, nint rowA, nint stepA, float* b, nint stepB,
        float* c, nint rowC, float alpha, bool add);
}

/// <summary>12 rows: for machines with 32 vector registers (AVX-512, Arm64).</summary>
internal readonly unsafe struct Gemm12<TLanes, T> : IGemmKernel
    where TLanes : ILanes<T>
    where T : unmanaged
{
    public static int Rows => 12;

    public static int Columns => 2 * TLanes.Count;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tile(
        int k, float* a, nint rowA, nint stepA, float* b, nint stepB,
        float* c, nint rowC, float alpha, bool add)
    {
        T c00, c01, c10, c11, c20, c21, c30, c31, c40, c41, c50, c51;
        T c60, c61, c70, c71, c80, c81, c90, c91, ca0, ca1, cb0, cb1;
        c00 = c01 = c10 = c11 = c20 = c21 = c30 = c31 = c40 = c41 = c50 = c51 = TLanes.All(0);
        c60 = c61 = c70 = c71 = c80 = c81 = c90 = c91 = ca0 = ca1 = cb0 = cb1 = TLanes.All(0);
        if (add)
        {
            GemmTile.Prefetch<TLanes, T>(c, rowC, Rows);
        }

        nint twoA = 2 * rowA;
        float* a3 = a + (3 * rowA);
        float* a6 = a + (6 * rowA);
        float* a9 = a + (9 * rowA);
        for (; k > 0; k--)
        {
            T b0 = TLanes.Load(b);
            T b1 = TLanes.Load(b + TLanes.Count);
            T x = TLanes.All(a[0]);
            c00 = TLanes.MultiplyAdd(x, b0, c00);
            c01 = TLanes.MultiplyAdd(x, b1, c01);
            x = TLanes.All(a[rowA]);
            c10 = TLanes.MultiplyAdd(x, b0, c10);
            c11 = TLanes.MultiplyAdd(x, b1, c11);
            x = TLanes.All(a[twoA]);
            c20 = TLanes.MultiplyAdd(x, b0, c20);
            c21 = TLanes.MultiplyAdd(x, b1, c21);
            x = TLanes.All(a3[0]);
            c30 = TLanes.MultiplyAdd(x, b0, c30);
            c31 = TLanes.MultiplyAdd(x, b1, c31);
            x = TLanes.All(a3[rowA]);
            c40 = TLanes.MultiplyAdd(x, b0, c40);
            c41 = TLanes.MultiplyAdd(x, b1, c41);
            x = TLanes.All(a3[twoA]);
            c50 = TLanes.MultiplyAdd(x, b0, c50);
            c51 = TLanes.MultiplyAdd(x, b1, c51);
            x = TLanes.All(a6[0]);
            c60 = TLanes.MultiplyAdd(x, b0, c60);
            c61 = TLanes.MultiplyAdd(x, b1, c61);
            x = TLanes.All(a6[rowA]);
            c70 = TLanes.MultiplyAdd(x, b0, c70);
            c71 = TLanes.MultiplyAdd(x, b1, c71);
            x = TLanes.All(a6[twoA]);
            c80 = TLanes.MultiplyAdd(x, b0, c80);
            c81 = TLanes.MultiplyAdd(x, b1, c81);
            x = TLanes.All(a9[0]);
            c90 = TLanes.MultiplyAdd(x, b0, c90);
            c91 = TLanes.MultiplyAdd(x, b1, c91);
            x = TLanes.All(a9[rowA]);
            ca0 = TLanes.MultiplyAdd(x, b0, ca0);
            ca1 = TLanes.MultiplyAdd(x, b1, ca1);
            x = TLanes.All(a9[twoA]);
            cb0 = TLanes.MultiplyAdd(x, b0, cb0);
            cb1 = TLanes.MultiplyAdd(x, b1, cb1);
            a += stepA;
            a3 += stepA;
            a6 += stepA;
            a9 += stepA;
            b += stepB;
        }

        GemmTile.Put<TLanes, T>(c, c00, c01, alpha, add);
        GemmTile.Put<TLanes, T>(c += rowC, c10, c11, alpha, add);
        GemmTile.Put<TLanes, T>(c += rowC, c20, c21, alpha, add);
        GemmTile.Put<TLanes, T>(c += rowC, c30, c31, alpha, add);
        GemmTile.Put<TLanes, T>(c += rowC, c40, c41, alpha, add);
        GemmTile.Put<TLanes, T>(c += rowC, c50, c51, alpha, add);
        GemmTile.Put<TLanes, T>(c += rowC, c60, c61, alpha, add);
        GemmTile.Put<TLanes, T>(c += rowC, c70, c71, alpha, add);
        GemmTile.Put<TLanes, T>(c += rowC, c80, c81, alpha, add);
        GemmTile.Put<TLanes, T>(c += rowC, c90, c91, alpha, add);
        GemmTile.Put<TLanes, T>(c += rowC, ca0, ca1, alpha, add);
        GemmTile.Put<TLanes, T>(c + rowC, cb0, cb1, alpha, add);
    }
}

/// <summary>6 rows: for machines with 16 vector registers (AVX2, SSE), and for none at
/// all.</summary>
internal readonly unsafe struct Gemm6<TLanes, T> : IGemmKernel
    where TLanes : ILanes<T>
    where T : unmanaged
{
    public static int Rows => 6;

    public static int Columns => 2 * TLanes.Count;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tile(
        int k, float* a, nint rowA, nint stepA, float* b, nint stepB,
        float* c, nint rowC, float alpha, bool add)
    {
        T c00, c01, c10, c11, c20, c21, c30, c31, c40, c41, c50, c51;
        c00 = c01 = c10 = c11 = c20 = c21 = c30 = c31 = c40 = c41 = c50 = c51 = TLanes.All(0);
        if (add)
        {
            GemmTile.Prefetch<TLanes, T>(c, rowC, Rows);
        }

        nint twoA = 2 * rowA;
        float* a3 = a + (3 * rowA);
        for (; k > 0; k--)
        {
            T b0 = TLanes.Load(b);
            T b1 = TLanes.Load(b + TLanes.Count);
            T x = TLanes.All(a[0]);
            c00 = TLanes.MultiplyAdd(x, b0, c00);
            c01 = TLanes.MultiplyAdd(x, b1, c01);
            x = TLanes.All(a[rowA]);
            c10 = TLanes.MultiplyAdd(x, b0, c10);
            c11 = TLanes.MultiplyAdd(x, b1, c11);
            x = TLanes.All(a[twoA]);
            c20 = TLanes.MultiplyAdd(x, b0, c20);
            c21 = TLanes.MultiplyAdd(x, b1, c21);
            x = TLanes.All(a3[0]);
            c30 = TLanes.MultiplyAdd(x, b0, c30);
            c31 = TLanes.MultiplyAdd(x, b1, c31);
            x = TLanes.All(a3[rowA]);
            c40 = TLanes.MultiplyAdd(x, b0, c40);
            c41 = TLanes.MultiplyAdd(x, b1, c41);
            x = TLanes.All(a3[twoA]);
            c50 = TLanes.MultiplyAdd(x, b0, c50);
            c51 = TLanes.MultiplyAdd(x, b1, c51);
            a += stepA;
            a3 += stepA;
            b += stepB;
        }

        GemmTile.Put<TLanes, T>(c, c00, c01, alpha, add);
        GemmTile.Put<TLanes, T>(c += rowC, c10, c11, alpha, add);
        GemmTile.Put<TLanes, T>(c += rowC, c20, c21, alpha, add);
        GemmTile.Put<TLanes, T>(c += rowC, c30, c31, alpha, add);
        GemmTile.Put<TLanes, T>(c += rowC, c40, c41, alpha, add);
        GemmTile.Put<TLanes, T>(c + rowC, c50, c51, alpha, add);
    }
}

/// <summary>What both kernels do to store a tile.</summary>
internal static unsafe class GemmTile
{
    /// <summary>Fetches what a tile adds to while its products are computed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch<TLanes, T>(float* c, nint rowC, int rows)
        where TLanes : ILanes<T>
        where T : unmanaged
    {
        if (Sse.IsSupported)
        {
            for (; rows > 0; rows--, c += rowC)
            {
                Sse.Prefetch0(c);
                Sse.Prefetch0(c + TLanes.Count);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Put<TLanes, T>(float* c, T x0, T x1, float alpha, bool add)
        where TLanes : ILanes<T>
        where T : unmanaged
    {
        T factor = TLanes.All(alpha);
        if (add)
        {
            TLanes.Store(TLanes.MultiplyAdd(factor, x0, TLanes.Load(c)), c);
            TLanes.Store(
                TLanes.MultiplyAdd(factor, x1, TLanes.Load(c + TLanes.Count)), c + TLanes.Count);
        }
        else
        {
            TLanes.Store(TLanes.Multiply(factor, x0), c);
            TLanes.Store(TLanes.Multiply(factor, x1), c + TLanes.Count);
        }
    }
}
