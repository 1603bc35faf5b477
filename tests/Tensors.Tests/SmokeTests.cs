namespace Vitrine.Tensors.Tests;

public class SmokeTests
{
    [Fact]
    public void The_ops_run()
    {
        using Tensor<float> x = Tensor.Empty<float>([50, 33]);
        Ops.RandomNormal(x, 1);
        using Tensor<float> y = Ops.Softmax(x.Transpose(), 0);
        using Tensor<float> sums = Ops.Sum(y, 0);
        foreach (float sum in sums.ToArray())
        {
            Assert.Equal(1, sum, 5);
        }

        using Tensor<float> z = Ops.Add(x, sums.Unsqueeze(1));
        Assert.Equal(x[3, 4] + sums[3], z[3, 4]);
        (Tensor<float> values, Tensor<int> indices) = Ops.TopK(x, 3);
        using Tensor<int> best = Ops.ArgMax(x, 1);
        Assert.Equal(best[7], indices[7, 0]);
        Assert.Equal(x[7, indices[7, 2]], values[7, 2]);
        using Tensor<float> z2 = Ops.Square(x.Transpose());
        Assert.Equal(x[7, 2] * x[7, 2], z2[2, 7]);
        Assert.Equal(0.6629, Ops.SumOfSquares(Ops.RandomUniform(x, 3)) / x.Length, 0.4);
    }

    [Fact]
    public void Philox_known_answers()
    {
        Assert.Equal(
            new RandomWords(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8),
            CounterRandom.Philox(new RandomWords(0, 0, 0, 0), 0, 0));
        Assert.Equal(
            new RandomWords(0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1),
            CounterRandom.Philox(new RandomWords(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344), 0xa4093822, 0x299f31d0));
    }
}
