namespace Vitrine.Tensors.Tests;

[Collection(nameof(Specs.Alone))]
public class MatMulTests
{
    public static TheoryData<bool, bool, bool> Transpositions()
    {
        var data = new TheoryData<bool, bool, bool>();
        for (int bits = 0; bits < 8; bits++)
        {
            data.Add((bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Transpositions))]
    public void Every_length_of_every_axis(bool turnA, bool turnB, bool turnC)
    {
        for (int length = 0; length <= 256; length++)
        {
            Check(length, 19, 37, turnA, turnB, turnC);
            Check(13, length, 35, turnA, turnB, turnC);
            Check(25, 11, length, turnA, turnB, turnC);
        }
    }

    [Theory]
    [MemberData(nameof(Transpositions))]
    public void A_large_prime_on_every_axis(bool turnA, bool turnB, bool turnC)
    {
        Check(4099, 7, 33, turnA, turnB, turnC);
        Check(29, 4099, 41, turnA, turnB, turnC);
        Check(31, 5, 4099, turnA, turnB, turnC);
        Check(263, 521, 307, turnA, turnB, turnC);
    }

    [Fact]
    public void Steps_in_every_stride_are_followed()
    {
        using Tensor<float> a = Random([40, 3, 30, 2], 1);
        using Tensor<float> b = Random([30, 2, 50, 3], 2);
        using Tensor<float> c = Random([40, 2, 50, 3], 3);
        Tensor<float> view = c.Select(3, 1).Select(1, 1);
        float[] before = c.ToArray();
        Tensor<float> left = a.Select(3, 1).Select(1, 2);
        Tensor<float> right = b.Select(3, 2).Select(1, 0);
        double[] expected = Reference(left, right, 2, view, accumulate: true);
        Ops.MatMul(left, right, 2, view, accumulate: true);
        Close(expected, view, 30);
        float[] after = c.ToArray();
        for (int i = 0; i < after.Length; i++)
        {
            Assert.True(
                (i % 3 == 1 && i / 150 % 2 == 1) || after[i] == before[i], "wrote beside the view");
        }
    }

    [Theory]
    [InlineData(new[] { 3, 5, 7 }, new[] { 3, 7, 9 })]
    [InlineData(new[] { 3, 5, 7 }, new[] { 7, 9 })]
    [InlineData(new[] { 5, 7 }, new[] { 4, 7, 9 })]
    [InlineData(new[] { 2, 1, 14, 40 }, new[] { 1, 3, 40, 70 })]
    [InlineData(new[] { 2, 3, 1, 5, 6 }, new[] { 3, 4, 6, 33 })]
    [InlineData(new[] { 0, 5, 7 }, new[] { 7, 9 })]
    [InlineData(new[] { 40, 64, 64 }, new[] { 40, 64, 64 })]
    public void Leading_axes_broadcast(int[] shapeA, int[] shapeB)
    {
        using Tensor<float> a = Random(shapeA, 1);
        using Tensor<float> b = Random(shapeB, 2);
        using Tensor<float> c = Ops.MatMul(a, b);
        Close(Reference(a, b, 1, c, accumulate: false), c, a.Shape[-1]);

        Tensor<float> stretchedB = b.BroadcastTo(c.Shape.With(-2, b.Shape[-2]));
        using Tensor<float> again = Ops.MatMul(a, stretchedB);
        Assert.Equal(c.ToArray(), again.ToArray());
    }

    [Fact]
    public void Heads_of_one_buffer_are_batches()
    {
        // [pos, head, dHead] seen as [head, pos, dHead]: scores = Q Kᵀ, then pattern · V into a
        // slice.
        using Tensor<float> qk = Random([2, 50, 4, 16], 1);
        Tensor<float> q = qk.Select(0, 0).Transpose(0, 1);
        Tensor<float> k = qk.Select(0, 1).Transpose(0, 1);
        using Tensor<float> scores = Ops.MatMul(q, k.Transpose(), 0.25f);
        Close(Reference(q, k.Transpose(), 0.25f, scores, accumulate: false), scores, 16);
        using Tensor<float> merged = Tensor.Zeros<float>([50, 4, 16]);
        Ops.MatMul(scores, q, into: merged.Transpose(0, 1));
        Close(
            Reference(scores, q, 1, merged.Transpose(0, 1), accumulate: false),
            merged.Transpose(0, 1), 50);
    }

    [Theory]
    [InlineData(1f, false)]
    [InlineData(-2.5f, true)]
    public void An_empty_inner_axis_gives_zeros(float alpha, bool accumulate)
    {
        using Tensor<float> a = Tensor.Empty<float>([5, 0]);
        using Tensor<float> b = Tensor.Empty<float>([0, 40]);
        using Tensor<float> c = Tensor.Full<float>([5, 40], 3);
        Ops.MatMul(a, b, alpha, c, accumulate);
        Assert.All(c.ToArray(), value => Assert.Equal(accumulate ? 3 : 0, value));
    }

    [Fact]
    public void Values_that_are_not_finite_reach_only_their_row_and_column()
    {
        using Tensor<float> a = Random([25, 30], 1);
        using Tensor<float> b = Random([30, 70], 2);
        a[7, 3] = float.NaN;
        b[4, 65] = float.PositiveInfinity;
        using Tensor<float> c = Ops.MatMul(a, b);
        for (int i = 0; i < 25; i++)
        {
            for (int j = 0; j < 70; j++)
            {
                Assert.Equal(i == 7, float.IsNaN(c[i, j]));
                Assert.Equal(i == 7 || j == 65, !float.IsFinite(c[i, j]));
            }
        }
    }

    [Fact]
    public void Whatever_the_destination_held_is_overwritten()
    {
        using Tensor<float> a = Random([25, 1030], 1);
        using Tensor<float> b = Random([1030, 70], 2);
        using Tensor<float> c = Tensor.Full<float>([25, 70], float.NaN);
        Ops.MatMul(a, b, into: c);
        Close(Reference(a, b, 1, c, accumulate: false), c, 1030);
    }

    [Fact]
    public void Errors_name_the_rule_and_the_values()
    {
        using Tensor<float> a = Random([2, 3], 1);
        using Tensor<float> b = Random([4, 5], 2);
        using Tensor<float> row = Random([3], 3);
        Assert.Contains(
            "got [2, 3] and [4, 5]", Throws(() => Ops.MatMul(a, b)), StringComparison.Ordinal);
        Assert.Contains(
            "at least two axes", Throws(() => Ops.MatMul(a, row)), StringComparison.Ordinal);
        Assert.Contains(
            "into must be [2, 2]", Throws(() => Ops.MatMul(a, a.Transpose(), into: b)),
            StringComparison.Ordinal);
        Assert.Contains(
            "overlap",
            Throws(() => Ops.MatMul(a.Slice(1, 0, 2), a.Slice(1, 0, 2), into: a.Slice(1, 1, 2))),
            StringComparison.Ordinal);
        Assert.Contains(
            "broadcast",
            Throws(() => Ops.MatMul(a, a.Transpose(), into: row.Slice(0, 0, 1)
                .BroadcastTo([2, 2]))), StringComparison.Ordinal);
        using Tensor<float> two = Random([2, 2, 3], 3);
        using Tensor<float> three = Random([3, 3, 4], 3);
        Assert.Contains(
            "leading axes", Throws(() => Ops.MatMul(two, three)), StringComparison.Ordinal);
        Assert.Contains(
            "pass into", Throws(() => Ops.MatMul(a, a.Transpose(), accumulate: true)),
            StringComparison.Ordinal);
    }

    private static string Throws(Action action) =>
        Assert.ThrowsAny<ArgumentException>(action).Message;

    private static void Check(int m, int k, int n, bool turnA, bool turnB, bool turnC)
    {
        using Tensor<float> storedA = Random(turnA ? [k, m] : [m, k], 1);
        using Tensor<float> storedB = Random(turnB ? [n, k] : [k, n], 2);
        using Tensor<float> storedC = Random(turnC ? [n, m] : [m, n], 3);
        Tensor<float> a = turnA ? storedA.Transpose() : storedA;
        Tensor<float> b = turnB ? storedB.Transpose() : storedB;
        Tensor<float> c = turnC ? storedC.Transpose() : storedC;
        bool accumulate = (m + k + n) % 2 == 0;
        float alpha = m % 3 == 0 ? 1 : -0.75f;
        double[] expected = Reference(a, b, alpha, c, accumulate);
        Ops.MatMul(a, b, alpha, c, accumulate);
        Close(expected, c, k);
    }

    private static double[] Reference(
        Tensor<float> a, Tensor<float> b, double alpha, Tensor<float> c, bool accumulate)
    {
        Shape shape = c.Shape;
        (int m, int k, int n) = (shape[-2], a.Shape[-1], shape[-1]);
        float[] left = a.BroadcastTo(shape.With(-1, k)).ToArray();
        float[] right = b.BroadcastTo(shape.With(-2, k)).ToArray();
        float[] before = c.ToArray();
        var result = new double[before.Length];
        for (int index = 0; index < result.Length; index++)
        {
            int j = index % n;
            int i = index / n % m;
            int batch = index / n / m;
            double sum = 0;
            for (int p = 0; p < k; p++)
            {
                sum += (double)left[(((batch * m) + i) * k) + p] * right[(((batch * k) + p) * n)
                    + j];
            }

            result[index] = (alpha * sum) + (accumulate ? before[index] : 0);
        }

        return result;
    }

    /// <summary>Values lie in ±1: rounding of k products, each at most one unit of the running
    /// sum.</summary>
    private static void Close(double[] expected, Tensor<float> actual, int k)
    {
        double tolerance = 2e-7 * (4 + k);
        float[] values = actual.ToArray();
        for (int i = 0; i < values.Length; i++)
        {
            if (!(Math.Abs(values[i] - expected[i]) <= tolerance))
            {
                Assert.Fail(
                    $"{actual.Shape} k {k}: element {i} is {values[i]}; expected {expected[i]}");
            }
        }
    }

    private static Tensor<float> Random(ReadOnlySpan<int> lengths, int seed)
    {
        var random = new Random(seed);
        Tensor<float> x = Tensor.Empty<float>(Shape.Create(lengths));
        foreach (ref float value in x.WritableSpan)
        {
            value = (random.NextSingle() * 2) - 1;
        }

        return x;
    }
}
