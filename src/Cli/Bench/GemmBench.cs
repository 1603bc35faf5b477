using System.Diagnostics;
using Vitrine.Tensors;

namespace Vitrine.Cli.Bench;

/// <summary>One matrix product that was timed; its fields are the JSON of <c>bench
/// gemm</c>.</summary>
/// <param name="M">Rows of the result.</param>
/// <param name="K">Length of the sum.</param>
/// <param name="N">Columns of the result.</param>
/// <param name="TransposeA">Whether a was stored as [k, m].</param>
/// <param name="TransposeB">Whether b was stored as [n, k].</param>
/// <param name="Threads">Threads used.</param>
/// <param name="Gflops">10⁹ floating-point operations per second: 2 m n k over the best
/// time.</param>
/// <param name="ShareOfPeak">Part of <paramref name="PeakGflops"/>.</param>
/// <param name="PeakGflops">What a loop of multiply-adds between registers reached on as many
/// threads, for as long, in turn with the product.</param>
internal sealed record GemmTiming(
    int M, int K, int N, bool TransposeA, bool TransposeB, int Threads,
    double Gflops, double ShareOfPeak, double PeakGflops);

/// <summary>A matrix product to be timed.</summary>
internal readonly record struct GemmShape(int M, int K, int N);

/// <summary>Times <c>Ops.MatMul</c> over the shapes of transformers, beside the machine's
/// peak.</summary>
internal static class GemmBench
{
    /// <summary>Squares, a large MLP, a head's and a small model's projections, an
    /// unembedding.</summary>
    public static readonly GemmShape[] Shapes =
    [
        new(512, 512, 512), new(1024, 1024, 1024), new(2048, 2048, 2048), new(2048, 768, 3072),
        new(2048, 64, 64), new(256, 256, 64), new(2048, 64, 50257),
    ];

    private const double OperationsInTurn = 4e9;
    private const double SecondsOfAProduct = 0.8;

    /// <summary>Times every shape as it is and with either operand transposed, as they are asked
    /// for.</summary>
    public static IEnumerable<GemmTiming> Run(
        int threads, IEnumerable<GemmShape> shapes, CancellationToken cancellation)
    {
        int before = WorkerPool.Threads;
        WorkerPool.Threads = threads;
        try
        {
            foreach (GemmShape shape in shapes)
            {
                foreach ((bool transposeA, bool transposeB) in
                    ((bool, bool)[])[(false, false), (true, false), (false, true)])
                {
                    cancellation.ThrowIfCancellationRequested();
                    (double gflops, double peak) =
                        Best(shape, transposeA, transposeB, threads, cancellation);
                    yield return new GemmTiming(
                        shape.M, shape.K, shape.N, transposeA, transposeB, threads,
                        gflops, gflops / peak, peak);
                }
            }
        }
        finally
        {
            WorkerPool.Threads = before;
        }
    }

    private static (double Gflops, double Peak) Best(
        GemmShape shape, bool transposeA, bool transposeB, int threads,
        CancellationToken cancellation)
    {
        using Tensor<float> storedA = Tensor.Empty<float>(
            transposeA ? [shape.K, shape.M] : [shape.M, shape.K]);
        using Tensor<float> storedB = Tensor.Empty<float>(
            transposeB ? [shape.N, shape.K] : [shape.K, shape.N]);
        using Tensor<float> into = Tensor.Empty<float>([shape.M, shape.N]);
        Ops.RandomNormal(storedA, seed: 1);
        Ops.RandomNormal(storedB, seed: 2);
        Tensor<float> a = transposeA ? storedA.Transpose() : storedA;
        Tensor<float> b = transposeB ? storedB.Transpose() : storedB;
        Ops.MatMul(a, b, into: into);

        double operations = 2.0 * shape.M * shape.N * shape.K;
        int repeats = (int)Math.Max(1, OperationsInTurn / operations);
        (double best, double peak) = (double.PositiveInfinity, 0);
        long begun = Stopwatch.GetTimestamp();
        do
        {
            cancellation.ThrowIfCancellationRequested();
            for (int i = 0; i < repeats; i++)
            {
                long start = Stopwatch.GetTimestamp();
                Ops.MatMul(a, b, into: into);
                best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
            }

            peak = Math.Max(peak, PeakBench.Gflops(threads, operations, repeats));
        }
        while (Stopwatch.GetElapsedTime(begun).TotalSeconds < SecondsOfAProduct);

        return (operations / best / 1e9, peak);
    }
}
