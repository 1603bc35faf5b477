using Vitrine.Models.Positions;
using Vitrine.Tensors;

namespace Vitrine.Models.Tests.Positions;

public class PositionsTests
{
    [Fact]
    public void T5sCausalBucketsAreExactBelow16ThenLogarithmicUpTo128()
    {
        int[] buckets =
            [.. Enumerable.Range(0, 200).Select(distance => RelativeBuckets.Of(distance))];
        Assert.Equal(Enumerable.Range(0, 16), buckets[..16]);
        for (int n = 16; n < 200; n++)
        {
            // n is in bucket 16 + i exactly if (n / 16)^16 lies in [8^i, 8^(i + 1)): whole numbers.
            int i = Math.Min(buckets[n] - 16, 15);
            var ratio = System.Numerics.BigInteger.Pow(n, 16);
            var unit = System.Numerics.BigInteger.Pow(16, 16);
            Assert.True(
                ratio >= unit * System.Numerics.BigInteger.Pow(8, i),
                $"{n}: {buckets[n]} is too high");
            Assert.True(
                i == 15 || ratio < unit * System.Numerics.BigInteger.Pow(8, i + 1),
                $"{n}: {buckets[n]} is too low");
        }

        Assert.Equal(31, buckets[128]);
        Assert.Equal(0, RelativeBuckets.Of(-5));
    }

    [Fact]
    public void T5sBucketsBothWaysStartWhereItsDo()
    {
        int[] starts = [8, 12, 16, 23, 32, 46, 64, 91];
        for (int i = 0; i < starts.Length; i++)
        {
            Assert.Equal(8 + i, RelativeBuckets.Of(starts[i], causal: false));
            Assert.Equal(7 + i, RelativeBuckets.Of(starts[i] - 1, causal: false));
            Assert.Equal(24 + i, RelativeBuckets.Of(-starts[i], causal: false));
        }

        Assert.Equal(0, RelativeBuckets.Of(0, causal: false));
        Assert.Equal(17, RelativeBuckets.Of(-1, causal: false));
        Assert.Equal(31, RelativeBuckets.Of(int.MinValue, causal: false));
        Assert.Equal(15, RelativeBuckets.Of(int.MaxValue, causal: false));
    }

    [Fact]
    public void TheTableOfBucketsIsInTheOrderOfTheRelativeBias()
    {
        using Tensor<int> causal = RelativeBuckets.Table(3, 40);
        using Tensor<int> both = RelativeBuckets.Table(3, 4, causal: false);
        Assert.Equal(Enumerable.Range(0, 40).Select(n => RelativeBuckets.Of(n)), causal.ToArray());
        Assert.Equal([18, 17, 0, 1, 2, 3], both.ToArray());
    }

    [Fact]
    public void BucketsThatMakeNoSenseAreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => RelativeBuckets.Of(1, buckets: 1));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => RelativeBuckets.Of(1, causal: false, buckets: 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => RelativeBuckets.Of(1, maxDistance: 16));
    }

    [Fact]
    public void AlibisSlopesAreThoseOfThePaper()
    {
        Assert.Equal(
            [0.5, 0.25, 0.125, 0.0625, 0.03125, 0.015625, 0.0078125, 0.00390625], Alibi.Slopes(8));

        // Six heads: those of four, then every second of those of eight.
        Assert.Equal([0.25, 0.0625, 0.015625, 0.00390625, 0.5, 0.125], Alibi.Slopes(6));
        Assert.Throws<ArgumentOutOfRangeException>(() => Alibi.Slopes(0));
    }

    [Fact]
    public void AlibisBiasFallsWithTheDistance()
    {
        using Tensor<float> causal = Alibi.RelativeBias(2, 3, 3);
        using Tensor<float> both = Alibi.RelativeBias(1, 3, 2, causal: false);
        Assert.Equal([0, -0.0625f, -0.125f, 0, -0.00390625f, -0.0078125f], causal.ToArray());
        Assert.Equal([-2 / 256f, -1 / 256f, 0, -1 / 256f], both.ToArray());
    }

    [Fact]
    public void TheSinusoidalTableIsThatOfThePaper()
    {
        using Tensor<float> table = Sinusoidal.Table(50, 6);
        for (int pos = 0; pos < 50; pos++)
        {
            for (int i = 0; i < 3; i++)
            {
                double angle = pos / Math.Pow(10_000, 2 * i / 6.0);
                Assert.Equal((float)Math.Sin(angle), table[pos, 2 * i], 1e-7f);
                Assert.Equal((float)Math.Cos(angle), table[pos, (2 * i) + 1], 1e-7f);
            }
        }
    }

    [Fact]
    public void RotaryTablesHoldTheAnglesFromTheirOffsetOn()
    {
        (Tensor<float> cos, Tensor<float> sin) = RotaryTable.Create(5, 6, 100, offset: 7);
        for (int pos = 0; pos < 5; pos++)
        {
            for (int i = 0; i < 3; i++)
            {
                double angle = (pos + 7) * Math.Pow(100, -i / 3.0);
                Assert.Equal((float)Math.Cos(angle), cos[pos, i], 1e-7f);
                Assert.Equal((float)Math.Sin(angle), sin[pos, i], 1e-7f);
            }
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => RotaryTable.Create(5, 3));
    }

    [Fact]
    public void RotaryScoresDependOnTheDistanceAlone()
    {
        using Tensor<float> x = Tensor.Empty<float>([1, 9, 1, 8]);
        Ops.RandomNormal(x, 1);
        Tensor<float> same = x.Slice(1, 0, 1).BroadcastTo(x.Shape);
        (Tensor<float> cos, Tensor<float> sin) = RotaryTable.Create(9, 8);
        using Tensor<float> turned = Ops.Rotary(same, cos, sin);
        using Tensor<float> scores = Ops.AttentionScores(
            turned, turned, new() { BothWays = true });
        for (int i = 1; i < 9; i++)
        {
            for (int j = 1; j < 9; j++)
            {
                Assert.Equal(scores[0, 0, i - 1, j - 1], scores[0, 0, i, j], 1e-5f);
            }
        }
    }
}
