using System.IO.MemoryMappedFiles;
using Vitrine.Tensors.Tests.Specs;

namespace Vitrine.Tensors.Tests.Core;

[Collection(nameof(Alone))]
public sealed unsafe class BorrowTests
{
    [Fact]
    public void A_mapped_file_is_read_where_it_lies_and_let_go_on_disposal()
    {
        string path = Path.GetTempFileName();
        File.WriteAllBytes(path, [.. Enumerable.Range(0, 6).SelectMany(i =>
            BitConverter.GetBytes(i + 0.5f))]);
        var owner = new Mapping(path);
        long before = Device.Cpu.BytesInUse;
        Tensor<float> x = Tensor.Borrow((float*)owner.Pointer, [2, 3], owner);
        Assert.Equal(before, Device.Cpu.BytesInUse);
        Assert.Equal([0.5f, 1.5f, 2.5f, 3.5f, 4.5f, 5.5f], x.ToArray());
        Assert.Equal(4.5f, x.Transpose()[1, 1]);
        using Tensor<float> product = Ops.MatMul(x, x.Transpose());
        Assert.Equal(8.75f, product[0, 0]);
        Assert.False(owner.IsDisposed);
        x.Dispose();
        x.Dispose();
        Assert.True(owner.IsDisposed);
        Assert.Throws<ObjectDisposedException>(() => x.Span.Length);
        Assert.Equal(before + 256, Device.Cpu.BytesInUse);
        File.Delete(path);
    }

    [Fact]
    public void Nothing_writes_to_it()
    {
        float[] memory = [1, 2, 3, 4];
        fixed (float* pointer = memory)
        {
            using Tensor<float> x = Tensor.Borrow(pointer, [2, 2], null);
            using Tensor<float> y = Tensor.Full<float>([2, 2], 7);
            Action[] writes =
            [
                () => x[0, 0] = 1, () => x.Fill(0), () => x.CopyFrom(y),
                () => _ = x.WritableSpan.Length, () => Ops.MatMul(y, y, into: x),
                () => Ops.Add(y, y, into: x.Transpose()), () => Ops.RandomNormal(x, seed: 1),
                () => Ops.Contract(y, y, 1, into: x),
                () => Ops.SgdStep(x, y, null, default),
                () => Ops.SgdStep(y, x, null, default, zeroGradient: true),
            ];
            foreach (Action write in writes)
            {
                Assert.Contains(
                    "borrowed memory is read-only",
                    Assert.Throws<InvalidOperationException>(write).Message);
            }
        }

        Assert.Equal([1f, 2, 3, 4], memory);
    }

    [Fact]
    public void A_gradient_that_is_only_read_may_be_borrowed()
    {
        float[] memory = [1, 2, 3, 4];
        fixed (float* pointer = memory)
        {
            using Tensor<float> gradient = Tensor.Borrow(pointer, [4], null);
            using Tensor<float> parameter = Tensor.Full<float>([4], 7);
            Ops.SgdStep(parameter, gradient, null, new SgdSettings(1));
            Assert.Equal([6f, 5, 4, 3], parameter.ToArray());
            using Tensor<float> mean = Tensor.Zeros<float>([4]);
            using Tensor<float> variance = Tensor.Zeros<float>([4]);
            Ops.AdamWStep(
                parameter, gradient, mean, variance, 1, new AdamWSettings(1, 0.5f, 0.5f, 0, 0));
            Assert.Equal(5, parameter[0], 1e-6f);
        }
    }

    [Fact]
    public void A_block_that_was_borrowed_can_be_owned_in_its_next_life()
    {
        float number = 3;
        for (int i = 0; i < 3; i++)
        {
            Tensor.Borrow(&number, [1], null).Dispose();
            using Tensor<float> own = Tensor.Zeros<float>([1]);
            own[0] = 5;
            Assert.Equal(5, own[0]);
        }
    }

    [Fact]
    public void A_released_tensor_says_so_though_its_block_is_borrowed_now()
    {
        float number = 3;
        Tensor<float>[] released =
            [.. Enumerable.Range(0, 64).Select(_ => Tensor.Zeros<float>([1]))];
        Array.ForEach(released, tensor => tensor.Dispose());
        var borrowed = new Tensor<float>[released.Length];
        for (int i = 0; i < borrowed.Length; i++)
        {
            borrowed[i] = Tensor.Borrow(&number, [1], null);
        }

        Assert.All(
            released, tensor => Assert.Throws<ObjectDisposedException>(() => tensor.Fill(1)));
        Array.ForEach(borrowed, tensor => tensor.Dispose());
        Assert.Equal(3, number);
    }

    [Fact]
    public void A_span_of_more_than_it_can_hold_says_so()
    {
        byte one = 0;
        using Tensor<byte> x = Tensor.Borrow(&one, [1 << 16, 1 << 15], null);
        string message = Assert.Throws<ShapeException>(() => x.Span.Length).Message;
        Assert.Contains("at most 2147483647 elements", message);
        Assert.Contains("2147483648", message);
        Assert.Contains("Slice", message);
        Assert.Equal(2147418112, x.Slice(0, 0, (1 << 16) - 2).Span.Length);
    }

    private sealed class Mapping : IDisposable
    {
        private readonly MemoryMappedFile _file;
        private readonly MemoryMappedViewAccessor _view;

        public Mapping(string path)
        {
            _file = MemoryMappedFile.CreateFromFile(
                path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
            _view = _file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
            byte* pointer = null;
            _view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
            Pointer = pointer;
        }

        public byte* Pointer { get; }

        public bool IsDisposed { get; private set; }

        public void Dispose()
        {
            IsDisposed = true;
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
            _file.Dispose();
        }
    }
}
