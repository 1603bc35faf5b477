using Vitrine.Tensors;

namespace Vitrine.Interp.Tests;

internal static class Samples
{
    /// <summary>A stream of documents over a small vocabulary whose last token is
    /// end-of-text.</summary>
    public static int[] Stream(int seed, int documents, int vocabulary)
    {
        var random = new Random(seed);
        var stream = new List<int>();
        for (int document = 0; document < documents; document++)
        {
            stream.Add(vocabulary - 1);
            int length = random.Next(0, 60);
            for (int i = 0; i < length; i++)
            {
                // Squared, so that some tokens are common and some never occur.
                double u = random.NextDouble();
                stream.Add((int)(u * u * (vocabulary - 1)));
            }
        }

        return [.. stream];
    }

    public static Tensor<float> Normal(ulong seed, params int[] shape) =>
        Ops.RandomNormal(Tensor.Empty<float>(Shape.Create(shape)), seed);

    /// <summary>Clusters of points about far centres, cluster by cluster.</summary>
    public static Tensor<float> Clusters(
        int clusters, int each, int dimensions, double apart, ulong seed)
    {
        Tensor<float> points = Normal(seed, clusters * each, dimensions);
        using Tensor<float> centres = Normal(seed + 1, clusters, dimensions);
        for (int point = 0; point < clusters * each; point++)
        {
            for (int i = 0; i < dimensions; i++)
            {
                points[point, i] += (float)apart * centres[point / each, i];
            }
        }

        return points;
    }

    public static void WithThreads(int threads, Action action)
    {
        int before = WorkerPool.Threads;
        WorkerPool.Threads = threads;
        try
        {
            action();
        }
        finally
        {
            WorkerPool.Threads = before;
        }
    }
}
