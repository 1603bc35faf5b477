using System.Numerics;
using System.Runtime.InteropServices;

namespace Vitrine.Tensors;

/// <summary>
/// Reuses 64-byte-aligned native blocks by size class: four classes to each doubling, so at most a
/// fifth of a block is unused, and a step that repeats its shapes never asks the system again.
/// Blocks of 2 MiB and more lie on huge pages where the system has them.
/// </summary>
internal sealed unsafe partial class NativePool
{
    /// <summary>Bytes of a huge page of today's processors.</summary>
    public const nuint HugePage = 2 << 20;

    private const int Alignment = 64;
    private const int AdviceHugePage = 14;
    private const int SmallestBits = 8;
    private readonly Lock _lock = new();
    private readonly Stack<nint>?[] _free = new Stack<nint>?[4 * (64 - SmallestBits)];

    public long BytesInUse { get; private set; }

    public long BytesPooled { get; private set; }

    public long NativeAllocations { get; private set; }

    public void* Rent(nuint bytes)
    {
        int sizeClass = SizeClass(bytes, out nuint size);
        lock (_lock)
        {
            if (_free[sizeClass] is { Count: > 0 } stack)
            {
                BytesInUse += (long)size;
                BytesPooled -= (long)size;
                return (void*)stack.Pop();
            }
        }

        void* fresh = AllocateOrTrim(size);
        GC.AddMemoryPressure((long)size);
        lock (_lock)
        {
            BytesInUse += (long)size;
            NativeAllocations++;
        }

        return fresh;
    }

    /// <summary>Makes sure that <paramref name="count"/> blocks are free: threads that rent scratch
    /// at once then never ask the system, whenever it is that they first meet.</summary>
    public void Reserve(nuint bytes, int count)
    {
        int sizeClass = SizeClass(bytes, out nuint size);
        lock (_lock)
        {
            Stack<nint> free = _free[sizeClass] ??= new Stack<nint>();
            while (free.Count < count)
            {
                free.Push((nint)Allocate(size));
                GC.AddMemoryPressure((long)size);
                BytesPooled += (long)size;
                NativeAllocations++;
            }
        }
    }

    /// <summary>New memory; where the system has none, once more after giving back what lies
    /// free.</summary>
    /// <exception cref="InsufficientMemoryException">There is none.</exception>
    private void* AllocateOrTrim(nuint size)
    {
        try
        {
            return Allocate(size);
        }
        catch (OutOfMemoryException)
        {
            Trim();
        }

        try
        {
            return Allocate(size);
        }
        catch (OutOfMemoryException)
        {
            throw new InsufficientMemoryException(
                $"Tensor: another {size:N0} bytes were requested, and the system has none; tensors "
                + $"hold {BytesInUse:N0}, and free blocks were returned. Dispose tensors that are "
                + "no longer needed, or use smaller batches, shorter passages or a smaller model.");
        }
    }

    public void Return(void* pointer, nuint bytes)
    {
        int sizeClass = SizeClass(bytes, out nuint size);
        lock (_lock)
        {
            BytesInUse -= (long)size;
            BytesPooled += (long)size;
            (_free[sizeClass] ??= new Stack<nint>()).Push((nint)pointer);
        }
    }

    public void Trim()
    {
        lock (_lock)
        {
            for (int sizeClass = 0; sizeClass < _free.Length; sizeClass++)
            {
                while (_free[sizeClass] is { Count: > 0 } stack)
                {
                    Free((void*)stack.Pop());
                    GC.RemoveMemoryPressure((long)Size(sizeClass));
                }
            }

            BytesPooled = 0;
        }
    }

    /// <summary>New memory. A large block begins on the boundary of a huge page and asks for such
    /// pages where the system gives them on request only: kernels then miss the table of pages far
    /// less. Where the request fails, the block is as it would be without.</summary>
    public static void* Allocate(nuint size)
    {
        bool huge = size >= HugePage;
        void* pointer = NativeMemory.AlignedAlloc(size, huge ? HugePage : Alignment);
        if (huge && OperatingSystem.IsLinux())
        {
            _ = AdviseMemory(pointer, size & ~(HugePage - 1), AdviceHugePage);
        }

        return pointer;
    }

    public static void Free(void* pointer) => NativeMemory.AlignedFree(pointer);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int AdviseMemory(void* address, nuint length, int advice);

    private static int SizeClass(nuint bytes, out nuint size)
    {
        ulong wanted = Math.Max(bytes, 1u << SmallestBits);
        int bits = BitOperations.Log2(wanted - 1);
        int quarter = (int)(((wanted - 1) >> (bits - 2)) & 3);
        int sizeClass = Math.Max((4 * (bits - SmallestBits)) + quarter + 1, 0);
        size = Size(sizeClass);
        return sizeClass;
    }

    private static nuint Size(int sizeClass) =>
        (nuint)(4 + (sizeClass & 3)) << (SmallestBits - 2 + (sizeClass >> 2));
}
