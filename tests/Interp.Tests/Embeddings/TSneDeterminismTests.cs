using Vitrine.Interp.Embeddings;
using Vitrine.Tensors;

namespace Vitrine.Interp.Tests.Embeddings;

[Collection(nameof(Alone))]
public class TSneDeterminismTests
{
    private static readonly TSneOptions Options =
        new() { Perplexity = 12, Iterations = 120, Seed = 5 };

    [Fact]
    public void The_bits_are_the_same_for_any_number_of_threads()
    {
        using Tensor<float> x = Samples.Clusters(9, 70, 10, 2, 3);
        var maps = new List<TSneMap>();
        foreach (int threads in new[] { 1, 2, 3, 8 })
        {
            Samples.WithThreads(threads, () => maps.Add(TSne.Of(x, Options)));
        }

        Assert.All(maps, map => Assert.Equal(maps[0].X, map.X));
        Assert.All(maps, map => Assert.Equal(maps[0].Y, map.Y));
        Assert.All(maps, map => Assert.Equal(maps[0].Divergence, map.Divergence));
    }

    [Fact]
    public void Another_seed_gives_another_map()
    {
        using Tensor<float> x = Samples.Clusters(9, 20, 10, 2, 3);
        Assert.NotEqual(TSne.Of(x, Options).X, TSne.Of(x, Options with { Seed = 6 }).X);
    }
}
