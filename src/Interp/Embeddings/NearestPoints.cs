using System.Numerics;
using System.Runtime.InteropServices;
using Vitrine.Tensors;

namespace Vitrine.Interp.Embeddings;

/// <summary>Exact nearest neighbours by Euclidean distance: every pair is looked at.</summary>
/// <remarks>Distances are sums of squared differences in float32 (no |a|² + |b|² − 2ab, which
/// cancels); those of the neighbours that are kept are computed again in double precision. Rows are
/// shared out over threads; ties go to the lower row.</remarks>
internal static class NearestPoints
{
    private const int RowsPerPiece = 16;

    /// <summary>The <paramref name="k"/> nearest other rows of each row, nearest first.</summary>
    /// <returns>Row numbers and squared distances, both [n, k].</returns>
    public static (int[] Neighbours, double[] SquaredDistances) Of(
        EmbeddingRows rows, int k, CancellationToken cancellation = default)
    {
        int n = rows.Count;
        int[] neighbours = new int[n * k];
        double[] distances = new double[n * k];
        WorkerPool.For((n + RowsPerPiece - 1) / RowsPerPiece, piece =>
        {
            cancellation.ThrowIfCancellationRequested();
            for (int i = piece * RowsPerPiece; i < Math.Min(n, (piece + 1) * RowsPerPiece); i++)
            {
                var nearest = new TopSelection<int>(k);
                for (int j = 0; j < n; j++)
                {
                    if (j != i)
                    {
                        nearest.Offer(j, -SquaredDistance(rows.Row(i), rows.Row(j)));
                    }
                }

                int cell = i * k;
                foreach (int j in nearest.Descending())
                {
                    neighbours[cell] = j;
                    distances[cell++] = Exact(rows.Row(i), rows.Row(j));
                }
            }
        });
        return (neighbours, distances);
    }

    private static float SquaredDistance(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        ReadOnlySpan<Vector<float>> va = MemoryMarshal.Cast<float, Vector<float>>(a);
        ReadOnlySpan<Vector<float>> vb = MemoryMarshal.Cast<float, Vector<float>>(b);
        Vector<float> sums = Vector<float>.Zero;
        for (int i = 0; i < va.Length; i++)
        {
            Vector<float> difference = va[i] - vb[i];
            sums += difference * difference;
        }

        float sum = Vector.Sum(sums);
        for (int i = va.Length * Vector<float>.Count; i < a.Length; i++)
        {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }

        return sum;
    }

    private static double Exact(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            double difference = (double)a[i] - b[i];
            sum += difference * difference;
        }

        return sum;
    }
}
