namespace Vitrine.Tensors.Tests.Devices;

/// <summary>A second device without kernels. Its addresses lie on pages that no process may touch,
/// so that a CPU pointer taken of it is seen at once; it keeps the bytes elsewhere.</summary>
internal sealed unsafe class FakeDevice(string name = "fake") : Device(name)
{
    private readonly SortedDictionary<nint, byte[]> _blocks = [];
    private nint _next = 4096;

    public override long BytesInUse => _blocks.Values.Sum(block => (long)block.Length);

    public override long BytesPooled => 0;

    public override long NativeAllocations => _blocks.Count;

    public override void TrimPool()
    {
    }

    internal override void* Rent(nuint bytes)
    {
        nint address = _next;
        _next += (nint)bytes + 64;
        _blocks.Add(address, new byte[bytes]);
        return (void*)address;
    }

    internal override void Return(void* memory, nuint bytes)
    {
        Assert.Equal((int)bytes, _blocks[(nint)memory].Length);
        _blocks.Remove((nint)memory);
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
        (nint start, byte[] block) = _blocks.Last(one => one.Key <= (nint)address);
        return block.AsSpan((int)((nint)address - start), (int)bytes);
    }
}
