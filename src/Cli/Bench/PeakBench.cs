using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Vitrine.Cli.Bench;

/// <summary>What the machine could do: multiply-adds between registers, nothing read or
/// written.</summary>
internal static class PeakBench
{
    private const int Chains = 12;
    private const int Steps = 1 << 16;
    private static float s_sink;

    /// <summary>Floating-point operations per second of one thread, in 10⁹; the best of the
    /// repeats.</summary>
    public static double SingleThread(int repeats = 20)
    {
        double best = 0;
        for (int i = 0; i < repeats; i++)
        {
            long start = Stopwatch.GetTimestamp();
            int lanes = Chain();
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            best = Math.Max(best, 2.0 * lanes * Chains * Steps / seconds / 1e9);
        }

        return best;
    }

    /// <summary>The same on several threads at once, added up; the best of the repeats.</summary>
    public static double Threads(int threads, int repeats = 20)
    {
        double best = 0;
        var rates = new double[threads];
        for (int repeat = 0; repeat < repeats; repeat++)
        {
            using var barrier = new Barrier(threads);
            var running = new Thread[threads];
            for (int i = 0; i < threads; i++)
            {
                int number = i;
                running[i] = new Thread(() =>
                {
                    barrier.SignalAndWait();
                    rates[number] = SingleThread(3);
                });
                running[i].Start();
            }

            foreach (Thread thread in running)
            {
                thread.Join();
            }

            best = Math.Max(best, rates.Sum());
        }

        return best;
    }

    private static int Chain()
    {
        if (Vector512.IsHardwareAccelerated)
        {
            s_sink = Chain512();
            return Vector512<float>.Count;
        }

        if (Vector256.IsHardwareAccelerated)
        {
            s_sink = Chain256();
            return Vector256<float>.Count;
        }

        s_sink = Chain128();
        return Vector128<float>.Count;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Chain512()
    {
        Vector512<float> x = Vector512.Create(s_sink);
        Vector512<float> y = Vector512.Create(0.5f);
        Vector512<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x,
            k = x, l = x;
        for (int step = 0; step < Steps; step++)
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
    private static float Chain256()
    {
        Vector256<float> x = Vector256.Create(s_sink);
        Vector256<float> y = Vector256.Create(0.5f);
        Vector256<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x,
            k = x, l = x;
        for (int step = 0; step < Steps; step++)
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
    private static float Chain128()
    {
        Vector128<float> x = Vector128.Create(s_sink);
        Vector128<float> y = Vector128.Create(0.5f);
        Vector128<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x,
            k = x, l = x;
        for (int step = 0; step < Steps; step++)
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
