using Vitrine.Tensors.Tests.Specs;

namespace Vitrine.Tensors.Tests;

/// <summary>Products with weights of other element types: the bits of the product with the decoded
/// copy, and no such copy.</summary>
[Collection(nameof(Alone))]
public sealed class WeightTests : IDisposable
{
    private readonly int _threads = WorkerPool.Threads;

    public static TheoryData<string, bool, int> Forms()
    {
        var data = new TheoryData<string, bool, int>();
        foreach (string type in (string[])["float32", "float16", "bfloat16"])
        {
            foreach (bool turned in (bool[])[false, true])
            {
                data.Add(type, turned, 1);
                data.Add(type, turned, 3);
            }
        }

        return data;
    }

    public void Dispose() => WorkerPool.Threads = _threads;

    [Fact]
    public void No_tensor_is_no_weight()
    {
        Assert.Throws<ArgumentNullException>(() => (Weight)(Tensor<float>)null!);
        Assert.Throws<ArgumentNullException>(() => Weight.Of((Tensor<Half>)null!));
        Assert.Throws<ArgumentNullException>(() => Weight.Of((Tensor<BFloat16>)null!));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void A_product_has_the_bits_of_the_decoded_one(string type, bool turned, int threads)
    {
        foreach ((int m, int k, int n) in ((int, int, int)[])
            [(1, 70, 33), (1, 600, 97), (5, 0, 7), (13, 1100, 64), (64, 64, 500), (130, 530, 259)])
        {
            using Tensor<float> a = Random([m, k], 1);
            using Weight stored = Encode(turned ? [n, k] : [k, n], type);
            Weight w = turned ? stored.Transpose() : stored;
            using Tensor<float> decoded = w.ToFloat32();
            WorkerPool.Threads = 1;
            using Tensor<float> expected = Ops.MatMul(a, decoded, 0.5f);
            WorkerPool.Threads = threads;
            using Tensor<float> actual = Ops.MatMul(a, w, 0.5f);
            Assert.Equal(expected.ToArray(), actual.ToArray());

            using Tensor<float> columns = Tensor.Full<float>([n, m], 2);
            Ops.MatMul(a, w, 0.5f, columns.Transpose(), accumulate: true);
            using Tensor<float> added = Tensor.Full<float>([m, n], 2);
            Ops.MatMul(a, decoded, 0.5f, added, accumulate: true);
            Assert.Equal(added.ToArray(), columns.Transpose().ToArray());
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Steps_and_batches_are_followed(string type, bool turned, int threads)
    {
        WorkerPool.Threads = threads;
        using Tensor<float> a = Random([3, 20, 40], 1);
        using Weight stored = Encode([4, 3, 40, 2, 50], type);
        Weight part = stored.Select(3, 1).Slice(0, 1, 2);               // [2, 3, 40, 50]
        Weight w = turned ? part.Transpose().Slice(-1, 0, 40) : part;
        using Tensor<float> decoded = w.ToFloat32();
        Tensor<float> left = turned ? a.Slice(2, 0, 40) : a;
        Tensor<float> view = turned ? decoded.Transpose() : decoded;
        using Tensor<float> expected = Ops.MatMul(left, view);
        using Tensor<float> actual = Ops.MatMul(left, turned ? w.Transpose() : w);
        Assert.Equal(expected.ToArray(), actual.ToArray());
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Several_axes_and_rows_and_losses_have_them_too(
        string type, bool turned, int threads)
    {
        WorkerPool.Threads = threads;
        using Tensor<float> z = Random([2, 5, 3, 16], 1);
        using Weight heads = Encode([3, 16, 40], type);
        using Tensor<float> decoded = heads.ToFloat32();
        using Tensor<float> expected = Ops.Contract(z, decoded, 2);
        using Tensor<float> actual = Ops.Contract(z, heads, 2);
        Assert.Equal(expected.ToArray(), actual.ToArray());

        using Weight stored = Encode(turned ? [40, 301] : [301, 40], type);
        Weight table = turned ? stored.Transpose() : stored;
        using Tensor<float> rows = table.ToFloat32();
        using Tensor<int> ids = Tensor.From([7, 0, 300, 7]);
        using Tensor<float> chosen = Ops.GatherRows(rows, ids);
        using Tensor<float> read = Ops.GatherRows(table, ids);
        Assert.Equal(chosen.ToArray(), read.ToArray());

        using Tensor<float> x = Random([4, 40], 2);
        using Tensor<float> bias = Random([301], 3);
        using Tensor<float> one = Ops.LinearCrossEntropy(
            x, rows.Transpose(), bias, ids);
        using Tensor<float> other = Ops.LinearCrossEntropy(
            x, table.Transpose(), bias, ids);
        Assert.Equal(one.ToArray(), other.ToArray());
        using Tensor<float> dX = Tensor.Zeros<float>([4, 40]);
        using Tensor<float> dXToo = Tensor.Zeros<float>([4, 40]);
        Ops.LinearCrossEntropyBackward(
            x, rows.Transpose(), bias, ids, one, dX, null, null);
        Ops.LinearCrossEntropyBackward(x, table.Transpose(), bias, ids, other, dXToo);
        Assert.Equal(dX.ToArray(), dXToo.ToArray());
    }

    [Theory]
    [InlineData("float16")]
    [InlineData("bfloat16")]
    public void No_float32_copy_is_made(string type)
    {
        using Tensor<float> a = Random([4, 512], 1);
        using Weight w = Encode([512, 4096], type);
        using Tensor<float> c = Tensor.Empty<float>([4, 4096]);
        using Tensor<int> ids = Tensor.From([1, 2]);
        Ops.MatMul(a, w, into: c);
        Device.Cpu.TrimPool();
        Ops.MatMul(a, w, into: c);
        Ops.GatherRows(w, ids).Dispose();
        Assert.True(
            Device.Cpu.BytesPooled < 512 * 4096, $"{Device.Cpu.BytesPooled} bytes were rented");
    }

    [Fact]
    public void A_bfloat16_is_the_nearest_one()
    {
        foreach (float value in (float[])[1, -2.5f, 3.14159274f, 1e-40f, 3e38f,
            1.00390625f, 1.01171875f])
        {
            var near = (BFloat16)value;
            double error = Math.Abs((double)(float)near - value);
            foreach (int step in (int[])[-1, 1])
            {
                double other = Math.Abs(
                    (double)(float)new BFloat16((ushort)(near.Bits + step)) - value);
                Assert.True(error < other || (error == other && near.Bits % 2 == 0), $"{value}");
            }
        }

        Assert.Equal(float.PositiveInfinity, (float)(BFloat16)float.PositiveInfinity);
        Assert.True(float.IsNaN((float)(BFloat16)float.NaN));
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused_as_for_tensors()
    {
        using Tensor<float> a = Random([2, 3], 1);
        using Weight w = Encode([4, 5], "float16");
        Assert.Contains(
            "MatMul: the last axis of a", Assert.Throws<ShapeException>(
                () => Ops.MatMul(a, w)).Message);
        Assert.Throws<ShapeException>(() => Ops.Contract(a, w, 1));
        using Tensor<int> outside = Tensor.From([4]);
        Assert.Throws<ArgumentOutOfRangeException>(() => Ops.GatherRows(w, outside));
        Assert.Equal("float16 [4, 5]", w.ToString());
    }

    private static Tensor<float> Random(ReadOnlySpan<int> lengths, ulong seed)
    {
        Tensor<float> x = Tensor.Empty<float>(Shape.Create(lengths));
        return Ops.RandomNormal(x, seed: seed);
    }

    private static Weight Encode(ReadOnlySpan<int> lengths, string type)
    {
        Tensor<float> values = Random(lengths, 9);
        if (type == "float32")
        {
            return values;
        }

        float[] numbers = values.ToArray();
        values.Dispose();
        return type == "float16"
            ? Weight.Of(Tensor.From(Array.ConvertAll(numbers, x => (Half)x), Shape.Create(lengths)))
            : Weight.Of(Tensor.From(
                Array.ConvertAll(numbers, x => (BFloat16)x), Shape.Create(lengths)));
    }
}
