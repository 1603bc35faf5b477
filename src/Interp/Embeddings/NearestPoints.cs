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
            float[] all = new float[n];
            var nearest = new (float Distance, int Row)[k];
            for (int i = piece * RowsPerPiece; i < Math.Min(n, (piece + 1) * RowsPerPiece); i++)
            {
                for (int j = 0; j < n; j++)
                {
                    all[j] = SquaredDistance(rows.Row(i), rows.Row(j));
                }

                Select(all, i, nearest);
                for (int rank = 0; rank < k; rank++)
                {
                    neighbours[(i * k) + rank] = nearest[rank].Row;
                    distances[(i * k) + rank] = Exact(rows.Row(i), rows.Row(nearest[rank].Row));
                }
            }
        });
        return (neighbours, distances);
    }

    // A max-heap of the k best so far; sorted at the end.
    private static void Select(float[] distances, int self, Span<(float Distance, int Row)> heap)
    {
        int size = 0;
        for (int j = 0; j < distances.Length; j++)
        {
            if (j == self)
            {
                continue;
            }

            if (size < heap.Length)
            {
                heap[size++] = (distances[j], j);
                if (size == heap.Length)
                {
                    for (int root = (size / 2) - 1; root >= 0; root--)
                    {
                        SiftDown(heap, root);
                    }
                }
            }
            else if (distances[j] < heap[0].Distance)
            {
                heap[0] = (distances[j], j);
                SiftDown(heap, 0);
            }
        }

        heap.Sort();
    }

    private static void SiftDown(Span<(float Distance, int Row)> heap, int root)
    {
        (float Distance, int Row) moved = heap[root];
        while ((2 * root) + 1 < heap.Length)
        {
            int child = (2 * root) + 1;
            if (child + 1 < heap.Length && heap[child + 1].CompareTo(heap[child]) > 0)
            {
                child++;
            }

            if (heap[child].CompareTo(moved) <= 0)
            {
                break;
            }

            heap[root] = heap[child];
            root = child;
        }

        heap[root] = moved;
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
