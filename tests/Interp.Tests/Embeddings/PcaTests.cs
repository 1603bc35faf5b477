using Vitrine.Interp.Embeddings;
using Vitrine.Tensors;

namespace Vitrine.Interp.Tests.Embeddings;

public class PcaTests
{
    [Fact]
    public void Matches_the_stored_decomposition()
    {
        using Stored stored = Stored.Open("analyses/embeddings.safetensors");
        using Tensor<float> x = stored.Tensor("pca.X");
        var pca = Pca.Of(x);
        Near(stored.Doubles("pca.mean"), pca.Mean, 1e-12);
        Near(stored.Doubles("pca.explained_variance"), pca.ExplainedVariance, 1e-10);
        Near(stored.Doubles("pca.explained_variance_ratio"), pca.ExplainedVarianceRatio, 1e-10);
        Near(stored.Doubles("pca.components"), pca.Components, 1e-10);
        Near(stored.Doubles("pca.projected"), pca.Project(x.Shape[1]), 1e-10);
    }

    [Fact]
    public void A_planted_plane_is_found()
    {
        // Points on a plane in 20 dimensions, with variances 9 and 4 along it and 1e-4 across it.
        using Tensor<float> coordinates = Samples.Normal(1, 3000, 2);
        using Tensor<float> noise = Samples.Normal(2, 3000, 20);
        using Tensor<float> x = Ops.Scale(noise, 0.01f);
        for (int row = 0; row < 3000; row++)
        {
            x[row, 3] += (3 * coordinates[row, 0]) + 7;
            x[row, 11] -= 2 * coordinates[row, 1];
        }

        var pca = Pca.Of(x);
        Assert.Equal(9, pca.ExplainedVariance[0], 0.5);
        Assert.Equal(4, pca.ExplainedVariance[1], 0.3);
        Assert.InRange(pca.ExplainedVarianceRatio.Take(2).Sum(), 0.999, 1);
        Assert.InRange(pca.Components[3], 0.999, 1);
        Assert.InRange(pca.Components[20 + 11], 0.999, 1);
        Assert.Equal(7, pca.Mean[3], 0.3);
    }

    [Fact]
    public void Components_are_orthonormal_and_rebuild_the_rows()
    {
        using Tensor<float> x = Samples.Normal(5, 50, 9);
        var pca = Pca.Of(x);
        double[] projected = pca.Project(9);
        for (int a = 0; a < 9; a++)
        {
            for (int b = 0; b < 9; b++)
            {
                double dot =
                    Enumerable.Range(0, 9).Sum(
                        i => pca.Components[(a * 9) + i] * pca.Components[(b * 9) + i]);
                Assert.Equal(a == b ? 1 : 0, dot, 1e-13);
            }
        }

        for (int row = 0; row < 50; row++)
        {
            for (int i = 0; i < 9; i++)
            {
                double rebuilt = pca.Mean[i]
                    + Enumerable.Range(0, 9).Sum(
                    k => projected[(row * 9) + k] * pca.Components[(k * 9) + i]);
                Assert.Equal(x[row, i], rebuilt, 1e-12);
            }
        }

        Assert.Equal(pca.ExplainedVariance.OrderDescending(), pca.ExplainedVariance);
        Assert.Equal(1, pca.ExplainedVarianceRatio.Sum(), 1e-12);
    }

    [Fact]
    public void Chosen_rows_are_those_rows()
    {
        using Tensor<float> x = Samples.Normal(6, 30, 4);
        int[] ids = [7, 3, 29, 11, 0, 16];
        using Tensor<float> chosen = Tensor.Empty<float>([ids.Length, 4]);
        for (int row = 0; row < ids.Length; row++)
        {
            for (int i = 0; i < 4; i++)
            {
                chosen[row, i] = x[ids[row], i];
            }
        }

        Assert.Equal(Pca.Of(chosen).Project(2), Pca.Of(x, ids).Project(2));
        using Tensor<float> transposed = chosen.Transpose().Clone();
        Assert.Equal(Pca.Of(chosen).Components, Pca.Of(transposed.Transpose()).Components);
    }

    [Fact]
    public void Equal_rows_have_no_variance()
    {
        using Tensor<float> x = Tensor.Full<float>([5, 3], 2);
        var pca = Pca.Of(x);
        Assert.All(pca.ExplainedVariance, variance => Assert.Equal(0, variance));
        Assert.All(pca.ExplainedVarianceRatio, share => Assert.Equal(0, share));
    }

    [Fact]
    public void Bad_input_is_refused()
    {
        using Tensor<float> one = Tensor.Zeros<float>([1, 3]);
        Assert.Throws<ShapeException>(() => Pca.Of(one));
        using Tensor<float> x = Tensor.Zeros<float>([4, 3]);
        Assert.Throws<ArgumentOutOfRangeException>(() => Pca.Of(x, [0, 4]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Pca.Of(x).Project(4));
        x[2, 1] = float.NaN;
        var error = Assert.Throws<ArgumentException>(() => Pca.Of(x));
        Assert.Contains("got NaN in row 2, column 1", error.Message, StringComparison.Ordinal);
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
}
