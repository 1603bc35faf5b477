using System.Diagnostics;
using Vitrine.Interp.Circuits;
using Vitrine.Tensors;

namespace Vitrine.Cli.Bench;

/// <summary>A search that was timed; its fields are the JSON of <c>bench circuits</c>.</summary>
/// <param name="Vocabulary">Rows and columns of the circuit.</param>
/// <param name="DHead">Its rank.</param>
/// <param name="Count">How many entries were found.</param>
/// <param name="Threads">Threads used.</param>
/// <param name="Seconds">The best search.</param>
/// <param name="Gflops">10⁹ floating-point operations per second: 2 · vocab² · dHead over the
/// time.</param>
/// <param name="ProductSeconds">The matrix products of the same tiles alone, nothing
/// compared.</param>
internal sealed record CircuitTiming(
    int Vocabulary, int DHead, int Count, int Threads, double Seconds, double Gflops,
    double ProductSeconds);

/// <summary>Times the search for the largest entries of a circuit of random factors.</summary>
internal static class CircuitsBench
{
    private const int Repeats = 2;
    private const int TileRows = 128;
    private const int TileColumns = 1024;

    /// <summary>Times one search when it is asked for.</summary>
    public static IEnumerable<CircuitTiming> Run(
        CancellationToken cancellation, int vocabulary = 50_257, int dHead = 64, int count = 1000)
    {
        Tensor<float> left = Tensor.Empty<float>([vocabulary, dHead]);
        Tensor<float> right = Tensor.Empty<float>([vocabulary, dHead]);
        Ops.RandomNormal(left, seed: 1);
        Ops.RandomNormal(right, seed: 2);
        using var circuit = new LowRank(left, right);
        double best = double.PositiveInfinity;
        double product = double.PositiveInfinity;
        for (int i = 0; i < Repeats; i++)
        {
            long start = Stopwatch.GetTimestamp();
            LargestEntries.Of(circuit, count, cancellation: cancellation);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
            start = Stopwatch.GetTimestamp();
            Products(circuit, cancellation);
            product = Math.Min(product, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        double operations = 2.0 * vocabulary * vocabulary * dHead;
        yield return new CircuitTiming(
            vocabulary, dHead, count, WorkerPool.Threads, best, operations / best / 1e9, product);
    }

    private static void Products(LowRank circuit, CancellationToken cancellation)
    {
        WorkerPool.For((circuit.Rows + TileRows - 1) / TileRows, block =>
        {
            cancellation.ThrowIfCancellationRequested();
            using Tensor<float> memory = Tensor.Empty<float>([TileRows * TileColumns]);
            int row = block * TileRows;
            int rows = Math.Min(TileRows, circuit.Rows - row);
            for (int column = 0; column < circuit.Columns; column += TileColumns)
            {
                int columns = Math.Min(TileColumns, circuit.Columns - column);
                Ops.MatMul(
                    circuit.Left.Slice(0, row, rows),
                    circuit.Right.Slice(0, column, columns).Transpose(),
                    into: memory.Slice(0, 0, rows * columns).Reshape(rows, columns));
            }
        });
    }
}
