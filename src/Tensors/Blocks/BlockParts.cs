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
    public static ulong UInt64(void* at) => Unsafe.ReadUnaligned<ulong>(at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int UInt16(byte* at) => Unsafe.ReadUnaligned<ushort>(at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint UInt32(byte* at) => Unsafe.ReadUnaligned<uint>(at);

    /// <summary>The lower (0) or the upper (1) four bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Nibble(byte x, int which) => (x >> (4 * which)) & 15;

    /// <summary>Seven signs and an eighth that makes the number of minus signs even.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int EvenSigns(uint seven) =>
        (int)(seven | ((uint)(BitOperations.PopCount(seven) & 1) << 7));

    /// <summary>Eight numbers, a byte each, times a scale; bit i of the signs means minus. The sign
    /// is set last: it does not change how a product is rounded.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Signed(float scale, ulong numbers, int signs, float* to)
    {
        Vector256<int> bit = Vector256.Create(1, 2, 4, 8, 16, 32, 64, 128);
        Vector256<int> minus = Vector256.Equals(Vector256.Create(signs) & bit, bit)
            & Vector256.Create(int.MinValue);
        Vector256<float> product = Floats(numbers) * Vector256.Create(scale);
        (product.AsInt32() ^ minus).AsSingle().Store(to);
    }

    /// <summary>Eight whole numbers, a byte each, as float32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Floats(ulong numbers)
    {
        Vector128<sbyte> x = Vector128.CreateScalarUnsafe(numbers).AsSByte();
        return Avx2.IsSupported
            ? Avx.ConvertToVector256Single(Avx2.ConvertToVector256Int32(x))
            : Floats(Vector128.WidenLower(x));
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
