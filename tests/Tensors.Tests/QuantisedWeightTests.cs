using Vitrine.Tensors.Tests.Specs;

namespace Vitrine.Tensors.Tests;

/// <summary>Products with quantised weights: the bits of the product with the decoded copy, no such
/// copy, and views that begin inside blocks.</summary>
[Collection(nameof(Alone))]
public sealed class QuantisedWeightTests : IDisposable
{
    private readonly int _threads = WorkerPool.Threads;

    public static TheoryData<string, bool, int> Forms()
    {
        var data = new TheoryData<string, bool, int>();
        foreach (string format in (string[])["Q4_1", "Q8_0", "Q6_K", "NVFP4"])
        {
            foreach (bool turned in (bool[])[false, true])
            {
                data.Add(format, turned, 1);
                data.Add(format, turned, 3);
            }
        }

        return data;
    }

    public void Dispose() => WorkerPool.Threads = _threads;

    [Theory]
    [MemberData(nameof(Forms))]
    public void A_product_has_the_bits_of_the_decoded_one(string format, bool turned, int threads)
    {
        foreach ((int m, int rows, int blocks) in ((int, int, int)[])
        [
            (1, 33, 256), (1, 97, 768), (5, 7, 0), (13, 64, 1280), (64, 500, 256), (130, 259, 512),
        ])
        {
            using Weight stored = Encode([rows, blocks], format);
            Weight w = turned ? stored.Transpose() : stored;
            (int k, int n) = (w.Shape[0], w.Shape[1]);
            using Tensor<float> a = Random([m, k], 1);
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
    public void Views_may_begin_and_end_inside_blocks(string format, bool turned, int threads)
    {
        WorkerPool.Threads = threads;
        using Weight stored = Encode([5, 6, 256], format);
        using Tensor<float> decoded = stored.ToFloat32();
        Weight heads = stored.Reshape(5, 6, 4, 64);
        Tensor<float> floats = decoded.Reshape(5, 6, 4, 64);
        Same(heads.Select(2, 1), floats.Select(2, 1));
        Same(heads.Select(2, -1).Slice(2, 3, 50), floats.Select(2, -1).Slice(2, 3, 50));
        Same(heads.Select(3, 7), floats.Select(3, 7));
        Same(heads.Slice(0, 1, 3).Select(1, 2), floats.Slice(0, 1, 3).Select(1, 2));
        Same(heads.Transpose(0, 2), floats.Transpose(0, 2));
        Same(heads.Transpose().Select(0, 4), floats.Transpose().Select(0, 4));
        Same(heads.Slice(1, 2, 0), floats.Slice(1, 2, 0));
        Same(stored.Select(0, 1).Select(0, 1).Select(0, 100), decoded[1, 1, 100]);
        Assert.Throws<ShapeException>(() => heads.Transpose(0, 3).Reshape(30, 256));

        using Tensor<float> a = Random([3, turned ? 50 : 6], 1);
        Weight part = stored.Select(0, 2).Slice(1, 70, 50);              // [6, 50]
        Weight w = turned ? part.Transpose() : part;
        using Tensor<float> view = w.ToFloat32();
        using Tensor<float> expected = Ops.MatMul(a, view);
        using Tensor<float> actual = Ops.MatMul(a, w);
        Assert.Equal(expected.ToArray(), actual.ToArray());
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Heads_rows_and_losses_have_the_bits_too(string format, bool turned, int threads)
    {
        WorkerPool.Threads = threads;

        // As files have W_O, [dModel, head · dHead], seen as [head, dHead, dModel], and back.
        using Tensor<float> z = Random([2, 5, 4, 64], 1);
        using Weight output = Encode([40, 256], format);
        Weight heads = output.Reshape(40, 4, 64).Transpose(0, 1).Transpose(1, 2);
        using Tensor<float> decoded = heads.ToFloat32();
        using Tensor<float> expected = Ops.Contract(z, decoded, 2);
        using Tensor<float> actual = Ops.Contract(z, heads, 2);
        Assert.Equal(expected.ToArray(), actual.ToArray());
        using Tensor<float> dY = Random([2, 5, 40], 2);
        Weight back = heads.Transpose(1, 2).Transpose(0, 1);             // [dModel, head, dHead]
        using Tensor<float> backDecoded = back.ToFloat32();
        using Tensor<float> dZ = Ops.Contract(dY, backDecoded, 1);
        using Tensor<float> dZToo = Ops.Contract(dY, back, 1);
        Assert.Equal(dZ.ToArray(), dZToo.ToArray());

        using Weight stored = Encode(turned ? [256, 512] : [301, 256], format);
        Weight table = turned ? stored.Transpose() : stored;
        int width = table.Shape[1];
        using Tensor<float> rows = table.ToFloat32();
        using Tensor<int> ids = Tensor.From([7, 0, 300, 7]);
        using Tensor<float> chosen = Ops.GatherRows(rows, ids);
        using Tensor<float> read = Ops.GatherRows(table, ids);
        Assert.Equal(chosen.ToArray(), read.ToArray());

        using Tensor<float> x = Random([4, width], 2);
        using Tensor<float> bias = Random([table.Shape[0]], 3);
        using Tensor<float> one = Ops.LinearCrossEntropy(x, rows.Transpose(), bias, ids);
        using Tensor<float> other = Ops.LinearCrossEntropy(x, table.Transpose(), bias, ids);
        Assert.Equal(one.ToArray(), other.ToArray());
        using Tensor<float> dX = Tensor.Zeros<float>([4, width]);
        using Tensor<float> dXToo = Tensor.Zeros<float>([4, width]);
        Ops.LinearCrossEntropyBackward(x, rows.Transpose(), bias, ids, one, dX, null, null);
        Ops.LinearCrossEntropyBackward(x, table.Transpose(), bias, ids, other, dXToo);
        Assert.Equal(dX.ToArray(), dXToo.ToArray());
    }

    [Fact]
    public void No_float32_copy_is_made()
    {
        using Tensor<float> a = Random([4, 512], 1);
        using Weight w = Encode([4096, 512], "Q4_K");
        using Tensor<float> c = Tensor.Empty<float>([4, 4096]);
        using Tensor<int> ids = Tensor.From([1, 2]);
        Ops.MatMul(a, w.Transpose(), into: c);
        Device.Cpu.TrimPool();
        Ops.MatMul(a, w.Transpose(), into: c);
        Ops.GatherRows(w, ids).Dispose();
        Assert.True(
            Device.Cpu.BytesPooled < 512 * 4096, $"{Device.Cpu.BytesPooled} bytes were rented");
    }

    [Fact]
    public unsafe void Memory_is_released_with_the_weight()
    {
        long before = Device.Cpu.BytesInUse;
        Weight owned = Encode([64, 512], "Q8_0");
        Weight view = owned.Transpose();
        Assert.Equal("Q8_0 [512, 64]", $"{view}");
        Assert.InRange(Device.Cpu.BytesInUse - before, 64 * 16 * 34, 64 * 16 * 68);
        view.Dispose();
        Assert.False(owned.IsDisposed);
        owned.Dispose();
        Assert.True(view.IsDisposed);
        Assert.Equal(before, Device.Cpu.BytesInUse);
        Assert.Throws<ObjectDisposedException>(() => view.ToFloat32());

        var owner = new Owner();
        byte[] bytes = BlockFormatTests.Random(BlockFormat.Find("Q8_0")!, 1);
        fixed (byte* blocks = bytes)
        {
            Weight.OfBlocks(BlockFormat.Find("Q8_0")!, blocks, [32], owner).Dispose();
        }

        Assert.Equal(1, owner.Times);
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused()
    {
        BlockFormat format = BlockFormat.Find("Q4_K")!;
        Assert.Throws<ArgumentNullException>(() => Weight.OfBlocks(null!, [], [0]));
        foreach (Shape shape in (Shape[])[[], [255], [256, 100]])
        {
            Assert.Equal(
                $"Weight: the last axis of Q4_K must be a multiple of its block, 256; got {shape}.",
                Assert.Throws<ShapeException>(
                    () => Weight.OfBlocks(format, new byte[144], shape)).Message);
        }

        Assert.Equal(
            "Weight: [2, 512] of Q4_K takes 576 bytes; got 144.",
            Assert.Throws<ShapeException>(
                () => Weight.OfBlocks(format, new byte[144], [2, 512])).Message);
        using Weight w = Encode([4, 256], "Q4_K");
        using Tensor<float> a = Random([2, 3], 1);
        Assert.Throws<ShapeException>(() => Ops.MatMul(a, w));
        Assert.Throws<ArgumentOutOfRangeException>(() => w.Slice(1, 200, 57));
    }

    private static void Same(Weight actual, Tensor<float> expected)
    {
        using Tensor<float> decoded = actual.ToFloat32();
        Assert.Equal(expected.Shape, decoded.Shape);
        Assert.Equal(expected.ToArray(), decoded.ToArray());
    }

    private static void Same(Weight actual, float expected)
    {
        using Tensor<float> decoded = actual.ToFloat32();
        Assert.Equal([expected], decoded.ToArray());
    }

    private static Tensor<float> Random(ReadOnlySpan<int> lengths, ulong seed)
    {
        Tensor<float> x = Tensor.Empty<float>(Shape.Create(lengths));
        return Ops.RandomNormal(x, seed: seed);
    }

    private static Weight Encode(ReadOnlySpan<int> lengths, string name)
    {
        BlockFormat format = BlockFormat.Find(name)!;
        Shape shape = Shape.Create(lengths);
        return Weight.OfBlocks(
            format, BlockFormatTests.Random(format, (int)(shape.Length / format.ValuesPerBlock)),
            shape);
    }

    private sealed class Owner : IDisposable
    {
        public int Times { get; private set; }

        public void Dispose() => Times++;
    }
}
