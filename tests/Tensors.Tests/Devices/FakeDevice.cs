using System.Collections.Concurrent;

namespace Vitrine.Tensors.Tests.Devices;

/// <summary>A second device without kernels. Its addresses lie on pages that no process may touch,
/// so that a CPU pointer taken of it is seen at once; it keeps the bytes elsewhere.</summary>
internal sealed unsafe class FakeDevice(string name = "fake") : Device(name)
{
    private readonly ConcurrentDictionary<nint, byte[]> _blocks = [];
    private long _next = 4096;

    public override long BytesInUse => _blocks.Values.Sum(block => (long)block.Length);

    public override long BytesPooled => 0;

    public override long NativeAllocations => _blocks.Count;

    public override void TrimPool()
    {
    }

    internal override void* Rent(nuint bytes)
    {
        nint address = (nint)(Interlocked.Add(ref _next, (long)bytes + 64) - (long)bytes - 64);
        _blocks[address] = new byte[bytes];
        return (void*)address;
    }

    internal override void Return(void* memory, nuint bytes)
    {
        Assert.Equal((int)bytes, _blocks[(nint)memory].Length);
        _blocks.TryRemove((nint)memory, out _);
    }

    internal override void CopyOut(void* from, void* toHost, nuint bytes) =>
        At(from, bytes).CopyTo(new Span<byte>(toHost, (int)bytes));

    internal override void CopyIn(void* fromHost, void* to, nuint bytes) =>
        new ReadOnlySpan<byte>(fromHost, (int)bytes).CopyTo(At(to, bytes));

    internal override void Copy(void* from, void* to, nuint bytes) =>
        At(from, bytes).CopyTo(At(to, bytes));

    internal override void Fill(void* to, void* value, int size, long count)
    {
        Span<byte> all = At(to, (nuint)(size * count));
        for (int i = 0; i < count; i++)
        {
            new ReadOnlySpan<byte>(value, size).CopyTo(all[(i * size)..]);
        }
    }

    private Span<byte> At(void* address, nuint bytes)
    {
        (nint start, byte[] block) = _blocks.Where(one => one.Key <= (nint)address)
            .MaxBy(one => one.Key);
        return block.AsSpan((int)((nint)address - start), (int)bytes);
    }
}
