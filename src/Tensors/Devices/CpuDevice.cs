using System.Runtime.CompilerServices;

namespace Vitrine.Tensors;

/// <summary>The machine's processor.</summary>
internal sealed unsafe class CpuDevice() : Device("cpu")
{
    public NativePool Pool { get; } = new();

    public override long BytesInUse => Pool.BytesInUse;

    public override long BytesPooled => Pool.BytesPooled;

    public override long NativeAllocations => Pool.NativeAllocations;

    public override void TrimPool() => Pool.Trim();

    internal override void* Rent(nuint bytes) => Pool.Rent(bytes);

    internal override void Return(void* memory, nuint bytes) => Pool.Return(memory, bytes);

    internal override void CopyOut(void* from, void* toHost, nuint bytes) =>
        Copy(from, toHost, bytes);

    internal override void CopyIn(void* fromHost, void* to, nuint bytes) =>
        Copy(fromHost, to, bytes);

    internal override void Copy(void* from, void* to, nuint bytes) =>
        Buffer.MemoryCopy(from, to, bytes, bytes);

    internal override void Fill(void* to, void* value, int size, long count)
    {
        switch (size)
        {
            case 4:
                FillAll(to, Unsafe.Read<int>(value), count);
                break;
            case 2:
                FillAll(to, Unsafe.Read<short>(value), count);
                break;
            default:
                for (long i = 0; i < count; i++)
                {
                    Buffer.MemoryCopy(value, (byte*)to + (i * size), size, size);
                }

                break;
        }
    }

    private static void FillAll<T>(void* to, T value, long count)
        where T : unmanaged
    {
        for (long start = 0; start < count; start += int.MaxValue)
        {
            new Span<T>((T*)to + start, (int)Math.Min(count - start, int.MaxValue)).Fill(value);
        }
    }
}
