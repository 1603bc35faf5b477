using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Vitrine.Cli.Bench;

/// <summary>What the machine could do: multiply-adds between registers, nothing read or
/// written.</summary>
internal static class PeakBench
{
    private const int Chains = 12;
    private static float s_sink;

    /// <summary>10⁹ floating-point operations per second of several threads at once, added up; the
    /// best of the repeats. A core's clock falls while it is busy, so that what is compared with
    /// this should last as long.</summary>
    /// <param name="threads">Threads that compute at once.</param>
    /// <param name="operations">Floating-point operations of a repeat, of all threads.</param>
    /// <param name="repeats">Repeats; each thread's best counts.</param>
    public static double Gflops(int threads, double operations, int repeats)
    {
        int steps = (int)Math.Max(1, operations / threads / (2 * Lanes * Chains));
        var rates = new double[threads];
        using var barrier = new Barrier(threads);
        Thread[] running = [.. Enumerable.Range(0, threads).Select(i => new Thread(() =>
        {
            barrier.SignalAndWait();
            rates[i] = OneThread(steps, repeats);
        }))];
        Array.ForEach(running, thread => thread.Start());
        Array.ForEach(running, thread => thread.Join());
        return rates.Sum();
    }

    private static int Lanes =>
        Vector512.IsHardwareAccelerated ? Vector512<float>.Count
        : Vector256.IsHardwareAccelerated ? Vector256<float>.Count
        : Vector128<float>.Count;

    private static double OneThread(int steps, int repeats)
    {
        double best = double.PositiveInfinity;
        for (int i = 0; i < repeats; i++)
        {
            long start = Stopwatch.GetTimestamp();
            s_sink = Chain(steps);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return 2.0 * Lanes * Chains * steps / best / 1e9;
    }

    private static float Chain(int steps) =>
        Vector512.IsHardwareAccelerated ? Chain512(steps)
        : Vector256.IsHardwareAccelerated ? Chain256(steps)
        : Chain128(steps);

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Chain512(int steps)
    {
        Vector512<float> x = Vector512.Create(s_sink);
        Vector512<float> y = Vector512.Create(0.5f);
        Vector512<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x,
            k = x, l = x;
        for (int step = 0; step < steps; step++)
        {
            a = Vector512.MultiplyAddEstimate(a, y, x);
            b = Vector512.MultiplyAddEstimate(b, y, x);
            c = Vector512.MultiplyAddEstimate(c, y, x);
            d = Vector512.MultiplyAddEstimate(d, y, x);
            e = Vector512.MultiplyAddEstimate(e, y, x);
            f = Vector512.MultiplyAddEstimate(f, y, x);
            g = Vector512.MultiplyAddEstimate(g, y, x);
            h = Vector512.MultiplyAddEstimate(h, y, x);
            i = Vector512.MultiplyAddEstimate(i, y, x);
            j = Vector512.MultiplyAddEstimate(j, y, x);
            k = Vector512.MultiplyAddEstimate(k, y, x);
            l = Vector512.MultiplyAddEstimate(l, y, x);
        }

        return Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Chain256(int steps)
    {
        Vector256<float> x = Vector256.Create(s_sink);
        Vector256<float> y = Vector256.Create(0.5f);
        Vector256<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x,
            k = x, l = x;
        for (int step = 0; step < steps; step++)
        {
            a = Vector256.MultiplyAddEstimate(a, y, x);
            b = Vector256.MultiplyAddEstimate(b, y, x);
            c = Vector256.MultiplyAddEstimate(c, y, x);
            d = Vector256.MultiplyAddEstimate(d, y, x);
            e = Vector256.MultiplyAddEstimate(e, y, x);
            f = Vector256.MultiplyAddEstimate(f, y, x);
            g = Vector256.MultiplyAddEstimate(g, y, x);
            h = Vector256.MultiplyAddEstimate(h, y, x);
            i = Vector256.MultiplyAddEstimate(i, y, x);
            j = Vector256.MultiplyAddEstimate(j, y, x);
            k = Vector256.MultiplyAddEstimate(k, y, x);
            l = Vector256.MultiplyAddEstimate(l, y, x);
        }

        return Vector256.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Chain128(int steps)
    {
        Vector128<float> x = Vector128.Create(s_sink);
        Vector128<float> y = Vector128.Create(0.5f);
        Vector128<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x,
            k = x, l = x;
        for (int step = 0; step < steps; step++)
        {
            a = Vector128.MultiplyAddEstimate(a, y, x);
            b = Vector128.MultiplyAddEstimate(b, y, x);
            c = Vector128.MultiplyAddEstimate(c, y, x);
            d = Vector128.MultiplyAddEstimate(d, y, x);
            e = Vector128.MultiplyAddEstimate(e, y, x);
            f = Vector128.MultiplyAddEstimate(f, y, x);
            g = Vector128.MultiplyAddEstimate(g, y, x);
            h = Vector128.MultiplyAddEstimate(h, y, x);
            i = Vector128.MultiplyAddEstimate(i, y, x);
            j = Vector128.MultiplyAddEstimate(j, y, x);
            k = Vector128.MultiplyAddEstimate(k, y, x);
            l = Vector128.MultiplyAddEstimate(l, y, x);
        }

        return Vector128.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }
}
