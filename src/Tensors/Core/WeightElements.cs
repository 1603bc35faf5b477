using System.Numerics.Tensors;
using System.Runtime.Intrinsics;

namespace Vitrine.Tensors;

/// <summary>Where a weight's numbers lie and how a run of them becomes float32. A struct with a
/// function's address, so that kernels take it along without a reference.</summary>
internal unsafe struct WeightElements
{
    /// <summary>Decodes <c>count</c> neighbours from element <c>first</c> on.</summary>
    public delegate*<void*, long, int, float*, void> Decoder;
    public void* Base;
    public long Offset;

    /// <summary>Whether the numbers must be decoded; else they are float32 and read where they
    /// lie.</summary>
    public readonly bool IsEncoded => Decoder != null;

    /// <summary>Elements <c>Offset + first</c>, <c>+ stride</c>, … as float32.</summary>
    public readonly void Read(long first, nint stride, int count, float* to)
    {
        if (stride == 1)
        {
            Decoder(Base, Offset + first, count, to);
            return;
        }

        for (int i = 0; i < count; i++)
        {
            Decoder(Base, Offset + first + (i * stride), 1, to + i);
        }
    }

    public static void Widen(void* from, long first, int count, float* to) =>
        TensorPrimitives.ConvertToSingle(
            new ReadOnlySpan<Half>((Half*)from + first, count), new Span<float>(to, count));

    public static void Shift(void* from, long first, int count, float* to)
    {
        ushort* bits = (ushort*)from + first;
        uint* wide = (uint*)to;
        int i = 0;
        for (; i <= count - Vector256<ushort>.Count; i += Vector256<ushort>.Count)
        {
            (Vector256<uint> low, Vector256<uint> high) = Vector256.Widen(Vector256.Load(bits + i));
            Vector256.ShiftLeft(low, 16).Store(wide + i);
            Vector256.ShiftLeft(high, 16).Store(wide + i + Vector256<uint>.Count);
        }

        for (; i < count; i++)
        {
            wide[i] = (uint)bits[i] << 16;
        }
    }
}
