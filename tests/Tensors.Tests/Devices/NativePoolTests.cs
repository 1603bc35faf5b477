using System.Runtime.CompilerServices;
using Vitrine.Tensors.Tests.Specs;

namespace Vitrine.Tensors.Tests;

[Collection(nameof(Alone))]
public unsafe class NativePoolTests
{
    [Fact]
    public void Where_there_is_no_memory_what_lies_free_is_given_back_and_the_message_says_how_much()
    {
        var pool = new NativePool();
        pool.Return(pool.Rent(4096), 4096);
        Assert.True(pool.BytesPooled > 0);
        var error = Assert.Throws<InsufficientMemoryException>(() => pool.Rent((nuint)1 << 60));
        Assert.Contains("bytes were requested", error.Message);
        Assert.Equal(0, pool.BytesPooled);
    }

    [Fact]
    public void A_returned_block_is_used_again_for_its_size_class()
    {
        var pool = new NativePool();
        void* first = pool.Rent(1000);
        pool.Return(first, 1000);
        Assert.Equal(0, pool.BytesInUse);
        long pooled = pool.BytesPooled;
        Assert.InRange(pooled, 1000, 1250);
        void* second = pool.Rent(1001);
        Assert.True(first == second);
        Assert.Equal(0, pool.BytesPooled);
        void* third = pool.Rent(1000);
        Assert.True(third != second);
        Assert.Equal(2, pool.NativeAllocations);
        pool.Return(second, 1001);
        pool.Return(third, 1000);
        pool.Trim();
        Assert.Equal((0, 0, 2), (pool.BytesInUse, pool.BytesPooled, pool.NativeAllocations));
        pool.Return(pool.Rent(1000), 1000);
        Assert.Equal(3, pool.NativeAllocations);
        pool.Trim();
    }

    [Fact]
    public void Every_size_fits_its_aligned_block_and_wastes_at_most_a_fifth()
    {
        var pool = new NativePool();
        for (nuint bytes = 0; bytes < 300_000; bytes += 1 + (bytes / 37))
        {
            void* block = pool.Rent(bytes);
            Assert.Equal((nuint)0, (nuint)block % 64);
            nuint size = (nuint)pool.BytesInUse;
            Assert.True(
                size >= bytes && (bytes <= 256 || size - bytes <= size / 5), $"{bytes} in {size}");
            new Span<byte>(block, (int)bytes).Fill(0xAB);
            pool.Return(block, bytes);
            Assert.Equal(0, pool.BytesInUse);
        }

        pool.Trim();
    }

    [Fact]
    public void Threads_may_rent_and_return_at_once()
    {
        var pool = new NativePool();
        Parallel.For(0, 64, new ParallelOptions { MaxDegreeOfParallelism = 8 }, thread =>
        {
            for (int i = 0; i < 200; i++)
            {
                nuint bytes = (nuint)(100 + (i % 5 * 300));
                var block = (int*)pool.Rent(bytes);
                *block = thread;
                Thread.SpinWait(10);
                Assert.Equal(thread, *block);
                pool.Return(block, bytes);
            }
        });
        Assert.Equal(0, pool.BytesInUse);
        Assert.InRange(pool.NativeAllocations, 1, 64 * 5);
        pool.Trim();
    }

    [Fact]
    public void The_finalizer_returns_what_nobody_disposed()
    {
        // A shape of its own size class, so that other tests do not disturb the count.
        const int Length = 77_000_000;
        long before = Device.Cpu.BytesInUse;
        Leak(Length);
        long held = Length * sizeof(float);
        for (int i = 0; i < 100 && Device.Cpu.BytesInUse >= before + held; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.True(Device.Cpu.BytesInUse < before + held);
        Device.Cpu.TrimPool();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Leak(int length) => Tensor.Empty<float>([length])[0] = 1;
}
