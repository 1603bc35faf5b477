using Vitrine.Tensors.Tests.Specs;

namespace Vitrine.Tensors.Tests;

[Collection(nameof(Alone))]
public class AttentionTests
{
    [Theory]
    [InlineData(1e2f)]
    [InlineData(1e3f)]
    [InlineData(1e4f)]
    public void Gradients_do_not_carry_the_rounding_of_large_scores(float size)
    {
        AttentionForm whole = new() { Scale = 1 };
        using Tensor<float> q = Tensor.Full<float>([1, 2, 1, 1], size);
        using Tensor<float> k = Tensor.Full<float>([1, 2, 1, 1], size);
        using Tensor<float> v = Tensor.From<float>([1, 3], [1, 2, 1, 1]);
        using Tensor<float> dZ = Tensor.From<float>([0, 1], [1, 2, 1, 1]);
        using Tensor<float> z = Ops.Attention(q, k, v, out Tensor<float> normaliser, whole);
        using Tensor<float> dK = Tensor.Zeros<float>([1, 2, 1, 1]);
        using Tensor<float> dV = Tensor.Zeros<float>([1, 2, 1, 1]);
        Ops.AttentionBackward(q, k, v, z, normaliser, dZ, null, dK, dV, form: whole);
        normaliser.Dispose();
        Assert.Equal([0.5f, 0.5f], dV.ToArray());
        Assert.Equal([-size / 2, size / 2], dK.ToArray());
    }

    [Fact]
    public void ForwardAndBackwardHoldNoMemoryOfPositionsSquared()
    {
        const int Heads = 4;
        const int Positions = 2500;
        using Tensor<float> x = Tensor.Empty<float>([1, Positions, Heads, 16]);
        using Tensor<float> dX = Tensor.Zeros<float>(x.Shape);
        Ops.RandomNormal(x, 1);
        Device.Cpu.TrimPool();
        long before = Device.Cpu.BytesInUse;
        using Tensor<float> z = Ops.Attention(x, x, x, out Tensor<float> normaliser);
        Ops.AttentionBackward(x, x, x, z, normaliser, z, dX, dX, dX);
        normaliser.Dispose();

        // What was rented and given back stays in the pool: the sum is what was needed at once, or
        // more.
        long needed = Device.Cpu.BytesInUse - before + Device.Cpu.BytesPooled;
        Assert.InRange(needed, 1, Heads * Positions * Positions * sizeof(float) / 3);
    }

    [Fact]
    public void TheFusedFormEqualsTheExplicitOne()
    {
        using Tensor<float> q = Tensor.Empty<float>([2, 100, 6, 24]);
        using Tensor<float> k = Tensor.Empty<float>([2, 130, 2, 24]);
        using Tensor<float> v = Tensor.Empty<float>([2, 130, 2, 24]);
        using Tensor<float> bias = Tensor.Empty<float>([6, 130]);
        Ops.RandomNormal(q, 1);
        Ops.RandomNormal(k, 2);
        Ops.RandomNormal(v, 3);
        Ops.RandomNormal(bias, 4);
        using Tensor<float> fused = Ops.Attention(
            q, k, v, out Tensor<float> normaliser, relativeBias: bias);
        using Tensor<float> scores = Ops.AttentionScores(q, k, relativeBias: bias);
        using Tensor<float> pattern = Ops.AttentionPattern(scores);
        using Tensor<float> composed = Ops.AttentionWeightedSum(pattern, v);
        using Tensor<float> sums = Ops.LogSumExp(scores, axis: -1);
        AssertNear(composed, fused);
        using Tensor<float> logSumExp = Ops.Sum(normaliser, axis: -1);
        AssertNear(sums, logSumExp);
    }

    private static void AssertNear(Tensor<float> expected, Tensor<float> actual)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        foreach ((float e, float a) in expected.ToArray().Zip(actual.ToArray()))
        {
            Assert.Equal(e, a, 4e-6f);
        }
    }
}
