using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Vitrine.Tensors;

/// <summary>The parts that blocks are made of; all little-endian, at any address.</summary>
internal static unsafe class BlockParts
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Float16(byte* at) => (float)Unsafe.ReadUnaligned<Half>(at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int UInt16(byte* at) => Unsafe.ReadUnaligned<ushort>(at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint UInt32(byte* at) => Unsafe.ReadUnaligned<uint>(at);

    /// <summary>The lower (0) or the upper (1) four bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Nibble(byte x, int which) => (x >> (4 * which)) & 15;

    /// <summary>Number <paramref name="i"/> of two bits: 32 bytes hold 128 of them, first all that
    /// are lowest in their byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Two(byte* at, int i) =>
        (at[(i / 128 * 32) + (i % 32)] >> (2 * (i % 128 / 32))) & 3;

    /// <summary>Seven signs and an eighth that makes the number of minus signs even.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int EvenSigns(uint seven) =>
        (int)(seven | ((uint)(BitOperations.PopCount(seven) & 1) << 7));

    /// <summary>Entries of a code book times a scale; bit i of the signs means minus.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Signed(float scale, sbyte* entry, int count, int signs, float* to)
    {
        for (int i = 0; i < count; i++)
        {
            to[i] = scale * (((signs >> i) & 1) == 0 ? entry[i] : -entry[i]);
        }
    }

    /// <summary>16 whole numbers as float32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector256<float> Low, Vector256<float> High) Floats(Vector128<sbyte> x)
    {
        if (Avx2.IsSupported)
        {
            Vector128<sbyte> upper = Sse2.ShiftRightLogical128BitLane(x, 8);
            return (
                Avx.ConvertToVector256Single(Avx2.ConvertToVector256Int32(x)),
                Avx.ConvertToVector256Single(Avx2.ConvertToVector256Int32(upper)));
        }

        (Vector128<short> low, Vector128<short> high) = Vector128.Widen(x);
        return (Floats(low), Floats(high));
    }

    private static Vector256<float> Floats(Vector128<short> x)
    {
        (Vector128<int> low, Vector128<int> high) = Vector128.Widen(x);
        return Vector256.Create(Vector128.ConvertToSingle(low), Vector128.ConvertToSingle(high));
    }

    /// <summary>x · scale for 16 whole numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Scaled(Vector128<sbyte> x, Vector256<float> scale, float* to)
    {
        (Vector256<float> low, Vector256<float> high) = Floats(x);
        (low * scale).Store(to);
        (high * scale).Store(to + 8);
    }

    /// <summary>x · scale + shift for 16 whole numbers, both steps rounded.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Shifted(
        Vector128<sbyte> x, Vector256<float> scale, Vector256<float> shift, float* to)
    {
        (Vector256<float> low, Vector256<float> high) = Floats(x);
        ((low * scale) + shift).Store(to);
        ((high * scale) + shift).Store(to + 8);
    }
}
