using Vitrine.Interp.Embeddings;
using Vitrine.Tensors;

namespace Vitrine.Interp.Tests.Embeddings;

public class TSneTests
{
    [Fact]
    public void Affinities_match_the_stored_ones()
    {
        using Stored stored = Stored.Open("analyses/embeddings.safetensors");
        using Tensor<float> x = stored.Tensor("tsne.X");
        int n = x.Shape[0];
        var affinities = TSneAffinities.Of(x, 10, neighbours: n - 1);
        Near(stored.Doubles("tsne.beta"), affinities.Beta, 1e-10);
        double[] p = new double[n * n];
        for (int i = 0; i < n; i++)
        {
            for (int cell = affinities.Offsets[i]; cell < affinities.Offsets[i + 1]; cell++)
            {
                p[(i * n) + affinities.Partners[cell]] = affinities.Values[cell];
            }
        }

        Near(stored.Doubles("tsne.P"), p, 1e-10);
        Assert.Equal(1, p.Sum(), 1e-12);
    }

    [Fact]
    public void Divergence_and_gradient_match_the_stored_ones()
    {
        using Stored stored = Stored.Open("analyses/embeddings.safetensors");
        using Tensor<float> x = stored.Tensor("tsne.X");
        double[] layout = stored.Doubles("tsne.layout");
        double[] layoutX = [.. layout.Where((_, i) => i % 2 == 0)];
        double[] layoutY = [.. layout.Where((_, i) => i % 2 == 1)];
        var affinities = TSneAffinities.Of(x, 10, neighbours: x.Shape[0] - 1);
        (double divergence, double[] gradientX, double[] gradientY) =
            TSne.Evaluate(affinities, layoutX, layoutY);
        Assert.Equal(stored.Doubles("tsne.KL")[0], divergence, 1e-10);

        // At the end of a run attraction and repulsion cancel.
        Near(stored.Doubles("tsne.gradient"),
            [.. gradientX.Zip(gradientY).SelectMany(g => new[] { g.First, g.Second })], 1e-9);
    }

    [Fact]
    public void A_run_of_ones_own_ends_near_the_stored_divergence()
    {
        using Stored stored = Stored.Open("analyses/embeddings.safetensors");
        using Tensor<float> x = stored.Tensor("tsne.X");
        TSneMap map = TSne.Of(x, new TSneOptions { Perplexity = 10 });
        var affinities = TSneAffinities.Of(x, 10, neighbours: x.Shape[0] - 1);
        double divergence = TSne.Evaluate(affinities, map.X, map.Y).Divergence;
        Assert.InRange(divergence, 0, 1.1 * stored.Doubles("tsne.KL")[0]);
    }

    [Fact]
    public void The_gradient_is_that_of_the_divergence()
    {
        using Tensor<float> x = Samples.Normal(1, 40, 5);
        using Tensor<float> layout = Samples.Normal(2, 2, 40);
        var affinities = TSneAffinities.Of(x, 6);
        double[] layoutX = [.. Enumerable.Range(0, 40).Select(i => (double)layout[0, i])];
        double[] layoutY = [.. Enumerable.Range(0, 40).Select(i => (double)layout[1, i])];
        (_, double[] gradientX, double[] gradientY) = TSne.Evaluate(affinities, layoutX, layoutY);
        for (int i = 0; i < 40; i += 7)
        {
            Assert.Equal(Slope(affinities, layoutX, layoutY, layoutX, i), gradientX[i], 1e-8);
            Assert.Equal(Slope(affinities, layoutX, layoutY, layoutY, i), gradientY[i], 1e-8);
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 1)]
    [InlineData(250, 1)]
    [InlineData(250, 3)]
    public void The_tree_at_theta_zero_is_the_double_sum(int count, int copies)
    {
        using Tensor<float> points = Samples.Normal(3, 2, count);
        double[] x = new double[count * copies];
        double[] y = new double[count * copies];
        for (int i = 0; i < x.Length; i++)
        {
            x[i] = 30 * points[0, i % count];
            y[i] = points[1, i % count];
        }

        var tree = new QuadTree(x.Length);
        tree.Build(x, y);
        double sum = 0;
        double[] forceX = new double[QuadTree.Lanes];
        double[] forceY = new double[QuadTree.Lanes];
        double expectedSum = 0;
        for (int group = 0; group < tree.Groups; group++)
        {
            sum += tree.Repel(group, 0, forceX, forceY);
            for (int lane = 0; lane < QuadTree.Lanes && (group * QuadTree.Lanes)
                + lane < x.Length; lane++)
            {
                int i = tree.Order[(group * QuadTree.Lanes) + lane];
                double expectedX = 0;
                double expectedY = 0;
                for (int j = 0; j < x.Length; j++)
                {
                    double w = 1 / (1 + ((x[i] - x[j]) * (x[i] - x[j]))
                        + ((y[i] - y[j]) * (y[i] - y[j])));
                    expectedSum += i == j ? 0 : w;
                    expectedX += w * w * (x[i] - x[j]);
                    expectedY += w * w * (y[i] - y[j]);
                }

                Assert.Equal(expectedX, forceX[lane], 1e-10);
                Assert.Equal(expectedY, forceY[lane], 1e-10);
            }
        }

        Assert.Equal(expectedSum, sum, 1e-9 * Math.Max(1, expectedSum));
    }

    [Fact]
    public void Barnes_and_Huts_gradient_is_near_the_exact_one()
    {
        using Tensor<float> x = Samples.Clusters(10, 60, 8, 3, 4);
        var affinities = TSneAffinities.Of(x, 20);
        TSneMap map = TSne.Of(x, new TSneOptions { Perplexity = 20, Iterations = 300 });
        (double exact, double[] exactX, _) = TSne.Evaluate(affinities, map.X, map.Y);
        (double near, double[] nearX, _) = TSne.Evaluate(affinities, map.X, map.Y, theta: 0.5);
        Assert.NotEqual(exact, near);
        Assert.Equal(exact, near, 0.01);
        double scale = exactX.Max(Math.Abs);
        Assert.All(exactX.Zip(nearX), pair => Assert.Equal(pair.First, pair.Second, 0.1 * scale));
    }

    [Fact]
    public void Planted_clusters_are_separated()
    {
        using Tensor<float> x = Samples.Clusters(6, 50, 16, 4, 7);
        TSneMap map = TSne.Of(x, new TSneOptions { Perplexity = 15, Iterations = 500 });
        int together = 0;
        for (int i = 0; i < 300; i++)
        {
            int nearest = Enumerable.Range(0, 300).Where(j => j != i).MinBy(j =>
                ((map.X[i] - map.X[j]) * (map.X[i] - map.X[j]))
                    + ((map.Y[i] - map.Y[j]) * (map.Y[i] - map.Y[j])));
            together += nearest / 50 == i / 50 ? 1 : 0;
        }

        Assert.InRange(together, 297, 300);
        Assert.InRange(map.Divergence, 0, 1.5);
    }

    [Fact]
    public void Equal_points_do_not_break_it()
    {
        using Tensor<float> x = Samples.Clusters(4, 30, 3, 5, 9);
        for (int row = 0; row < 40; row++)
        {
            for (int i = 0; i < 3; i++)
            {
                x[row, i] = 1;
            }
        }

        TSneMap map = TSne.Of(x, new TSneOptions { Perplexity = 8, Iterations = 300 });
        Assert.All(map.X.Concat(map.Y), value => Assert.True(double.IsFinite(value)));
    }

    [Fact]
    public void Bad_options_are_refused()
    {
        using Tensor<float> x = Samples.Normal(1, 20, 3);
        var error = Assert.Throws<ArgumentException>(() => TSne.Of(x));
        Assert.Contains(
            "below the number of neighbours 19; got 30", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => TSne.Of(x, new TSneOptions { Perplexity = 1 }));
        Assert.Throws<ArgumentException>(
            () => TSne.Of(x, new TSneOptions { Perplexity = 5, Theta = 0.8 }));
        Assert.Throws<ArgumentException>(
            () => TSne.Of(x, new TSneOptions { Perplexity = 5, Iterations = 0 }));
        Assert.Throws<ArgumentException>(
            () => TSne.Of(x, new TSneOptions { Perplexity = 5, LearningRate = 0 }));
        Assert.Throws<ArgumentException>(() => TSneAffinities.Of(x, 5, neighbours: 20));
        var affinities = TSneAffinities.Of(x, 5);
        Assert.Throws<ArgumentException>(
            () => TSne.Evaluate(affinities, new double[20], new double[19]));
    }

    [Fact]
    public void It_reports_progress_and_can_be_cancelled()
    {
        using Tensor<float> x = Samples.Normal(1, 60, 3);
        using var source = new CancellationTokenSource();
        var heard = new Reports(progress =>
        {
            if (progress.Iteration >= 100)
            {
                source.Cancel();
            }
        });
        Assert.Throws<OperationCanceledException>(
            () => TSne.Of(x, new TSneOptions { Perplexity = 5 }, heard, source.Token));
        Assert.Equal([25, 50, 75, 100], heard.Seen.Select(progress => progress.Iteration));
        Assert.All(heard.Seen, progress => Assert.True(progress.Divergence > 0));
    }

    private static double Slope(
        TSneAffinities affinities, double[] x, double[] y, double[] moved, int i)
    {
        const double Step = 1e-5;
        double before = moved[i];
        moved[i] = before + Step;
        double above = TSne.Evaluate(affinities, x, y).Divergence;
        moved[i] = before - Step;
        double below = TSne.Evaluate(affinities, x, y).Divergence;
        moved[i] = before;
        return (above - below) / (2 * Step);
    }

    private static void Near(double[] expected, double[] actual, double tolerance)
    {
        double scale = expected.Max(Math.Abs);
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], tolerance * scale);
        }
    }

    private sealed class Reports(Action<TSneProgress> heard) : IProgress<TSneProgress>
    {
        public List<TSneProgress> Seen { get; } = [];

        public void Report(TSneProgress value)
        {
            Seen.Add(value);
            heard(value);
        }
    }
}
