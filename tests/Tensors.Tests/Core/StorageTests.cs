namespace Vitrine.Tensors.Tests;

public class StorageTests
{
    [Fact]
    public void WhoeverHoldsAReleasedTensorNeverSeesTheNextOneInItsMemory()
    {
        Tensor<float> first = Tensor.Full([700], 1f);
        Tensor<float> view = first.Slice(0, 0, 5);
        first.Dispose();
        using Tensor<float> second = Tensor.Full([700], 2f);
        Assert.True(first.IsDisposed);
        Assert.True(view.IsDisposed);
        Assert.False(second.IsDisposed);
        Assert.Throws<ObjectDisposedException>(() => first[0]);
        Assert.Throws<ObjectDisposedException>(() => view[0] = 3);
        Assert.False(first.SharesMemoryWith(second));
        first.Dispose();
        Assert.Equal(2, second[699]);
    }

    [Fact]
    public void ATensorThatNobodyDisposedGivesItsMemoryBack()
    {
        Leave(100);
        long pooled = 0;
        for (int i = 0; i < 50 && pooled == 0; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            pooled = Interlocked.Read(ref s_left) - Device.Cpu.BytesInUse;
        }

        Assert.True(pooled > 0);
    }

    [Fact]
    public void TheSameViewAskedForAgainIsTheSameObject()
    {
        using Tensor<float> x = Tensor.Zeros<float>([3, 4]);
        Assert.Same(x.Transpose(), x.Transpose());
        Tensor<float> row = x.Slice(0, 1, 1);
        Assert.NotSame(row, x.Slice(0, 2, 1));
        x[2, 0] = 7;
        Assert.Equal(7, x.Slice(0, 2, 1)[0, 0]);
        Assert.Equal(0, row[0, 0]);
    }

    [Fact]
    public void AWarmTensorCostsOneSmallObject()
    {
        for (int i = 0; i < 3; i++)
        {
            Tensor.Empty<float>([20, 30]).Dispose();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        Tensor.Empty<float>([20, 30]).Dispose();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 160);
    }

    private static long s_left;

    private static void Leave(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Tensor.Zeros<float>([1 << 16]);
        }

        s_left = Device.Cpu.BytesInUse;
    }
}
