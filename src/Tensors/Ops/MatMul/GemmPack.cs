using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Vitrine.Tensors;

/// <summary>
/// Copies a strip of a matrix into a panel, <c>to[p · width + i] = from[i · across + p ·
/// along]</c>, so that the kernel reads it as one stream. Serves both operands (a: rows across; b:
/// columns across); a short strip is filled up with zeros. The transposing case moves 4 × 4 blocks
/// through registers, 64 steps at a time, so that what it reads and what it writes both stay in the
/// first-level cache.
/// </summary>
internal static unsafe class GemmPack
{
    private const int Chunk = 64;
    private const int RowsAhead = 16;

    /// <summary>Packs rows <paramref name="first"/> … <paramref name="end"/> − 1 of a matrix, steps
    /// <paramref name="start"/> … of its columns, into panels
    /// <paramref name="panelElements"/> apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Panels(
        in GemmOperand matrix, int first, int end, int width, int start, int k, float* to,
        int panelElements, float* staging)
    {
        if (matrix.Elements.IsEncoded)
        {
            Decoded(matrix, first, end, width, start, k, to, panelElements, staging);
            return;
        }

        float* from = matrix.Pointer + (first * matrix.Row) + (start * matrix.Column);
        int whole = matrix.Row == 1 ? (end - first) / width : 0;
        if (whole > 0)
        {
            Rows(from, matrix.Column, width, whole, k, to, panelElements);
        }

        for (int panel = whole; first + (panel * width) < end; panel++)
        {
            Panel(
                from + (panel * width * matrix.Row), matrix.Row, matrix.Column,
                Math.Min(width, end - first - (panel * width)), width, k,
                to + ((long)panel * panelElements));
        }
    }

    /// <summary>Decodes the runs in which the numbers are stored, as many at a time as fit, and
    /// packs those.</summary>
    private static void Decoded(
        in GemmOperand matrix, int first, int end, int width, int start, int k, float* to,
        int panelElements, float* staging)
    {
        GemmOperand decoded = new() { Pointer = staging, Row = 1, Column = end - first };
        if (matrix.Row == 1)
        {
            int atOnce = Math.Max(1, GemmScratch.StagingElements / (end - first));
            for (int p = 0; p < k; p += atOnce, to += atOnce * width)
            {
                int steps = Math.Min(atOnce, k - p);
                for (int step = 0; step < steps; step++)
                {
                    matrix.Elements.Read(
                        first + ((long)(start + p + step) * matrix.Column), 1, end - first,
                        staging + (step * (end - first)));
                }

                Panels(decoded, 0, end - first, width, 0, steps, to, panelElements, null);
            }

            return;
        }

        for (int panel = first; panel < end; panel += width, to += panelElements)
        {
            int valid = Math.Min(width, end - panel);
            for (int i = 0; i < valid; i++)
            {
                matrix.Elements.Read(
                    ((panel + i) * (long)matrix.Row) + ((long)start * matrix.Column),
                    matrix.Column, k, staging + (i * k));
            }

            Panel(staging, k, 1, valid, width, k, to);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Panel(
        float* from, nint across, nint along, int valid, int width, int k, float* to)
    {
        if (valid < width)
        {
            new Span<float>(to, width * k).Clear();
            Scalar(from, across, along, 0, valid, width, 0, k, to);
        }
        else if (across == 1)
        {
            Rows(from, along, width, 1, k, to, 0);
        }
        else if (along == 1)
        {
            for (int start = 0; start < k; start += Chunk)
            {
                Transposed(from, across, width, start, Math.Min(start + Chunk, k), to);
            }
        }
        else
        {
            Scalar(from, across, along, 0, width, width, 0, k, to);
        }
    }

    private static void Scalar(
        float* from, nint across, nint along, int first, int last, int width, int start, int end,
        float* to)
    {
        for (int i = first; i < last; i++)
        {
            float* row = from + (i * across);
            for (int p = start; p < end; p++)
            {
                to[(p * width) + i] = row[p * along];
            }
        }
    }

    /// <summary>Whole panels side by side: each row is read once, from end to end, and asked for
    /// some rows ahead, since no hardware foresees a row that begins on another page.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows(
        float* from, nint along, int width, int panels, int k, float* to, int panelElements)
    {
        for (int p = 0; p < k; p++, from += along, to += width)
        {
            if (Sse.IsSupported && p + RowsAhead < k)
            {
                float* ahead = from + (RowsAhead * along);
                for (int i = 0; i < panels * width; i += 16)
                {
                    Sse.Prefetch0(ahead + i);
                }
            }

            float* source = from;
            float* row = to;
            for (int panel = 0; panel < panels; panel++, source += width, row += panelElements)
            {
                int i = 0;
                if (Vector512.IsHardwareAccelerated)
                {
                    for (; i <= width - 16; i += 16)
                    {
                        Vector512.Store(Vector512.Load(source + i), row + i);
                    }
                }

                for (; i <= width - 4; i += 4)
                {
                    Vector128.Store(Vector128.Load(source + i), row + i);
                }

                for (; i < width; i++)
                {
                    row[i] = source[i];
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Transposed(
        float* from, nint across, int width, int start, int end, float* to)
    {
        int whole = start + ((end - start) & ~3);
        int i = 0;
        for (; i <= width - 4; i += 4)
        {
            float* row = from + (i * across);
            for (int p = start; p < whole; p += 4)
            {
                float* r = row + p;
                Vector128<float> r0 = Vector128.Load(r);
                Vector128<float> r1 = Vector128.Load(r + across);
                Vector128<float> r2 = Vector128.Load(r + (2 * across));
                Vector128<float> r3 = Vector128.Load(r + (3 * across));
                Vector128<float> even = ZipLow(r0, r2);
                Vector128<float> odd = ZipLow(r1, r3);
                float* column = to + (p * width) + i;
                ZipLow(even, odd).Store(column);
                ZipHigh(even, odd).Store(column + width);
                even = ZipHigh(r0, r2);
                odd = ZipHigh(r1, r3);
                ZipLow(even, odd).Store(column + (2 * width));
                ZipHigh(even, odd).Store(column + (3 * width));
            }
        }

        Scalar(from, across, 1, 0, i, width, whole, end, to);
        Scalar(from, across, 1, i, width, width, start, end, to);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> ZipLow(Vector128<float> x, Vector128<float> y) =>
        Sse.IsSupported ? Sse.UnpackLow(x, y)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(x, y)
        : Vector128.Create(x[0], y[0], x[1], y[1]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> ZipHigh(Vector128<float> x, Vector128<float> y) =>
        Sse.IsSupported ? Sse.UnpackHigh(x, y)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(x, y)
        : Vector128.Create(x[2], y[2], x[3], y[3]);
}
