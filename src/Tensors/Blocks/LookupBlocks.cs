using System.Runtime.CompilerServices;
using static Vitrine.Tensors.BlockParts;

namespace Vitrine.Tensors;

// Four bits choose one of sixteen levels; number i in the lower half of byte i, number 16 + i in
// the upper.
//
// IQ4_NL: d float16; 16 bytes. d · level
// IQ4_XS: d float16; h uint16 and l 4 bytes, the upper two and lower four bits of the scales s of
//         eight groups of 32 numbers, around 32; 128 bytes, 16 a group. (d · s) · level
// MXFP4:  e byte; 16 bytes. Twice an e2m1 number times 2^(e − 128)
// NVFP4:  4 bytes, the scales (e4m3 without sign) of groups of 16 numbers; 32 bytes, 8 a group:
//         number i in the lower half of byte i, number 8 + i in the upper. Twice e2m1 times half
//         the scale

/// <summary>The levels of four bits.</summary>
internal static class Levels
{
    /// <summary>Of IQ4_NL and IQ4_XS.</summary>
    public static ReadOnlySpan<sbyte> Uneven =>
        [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];

    /// <summary>Twice the numbers of e2m1: one sign, two bits of exponent, one of
    /// mantissa.</summary>
    public static ReadOnlySpan<sbyte> Float4 =>
        [0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12];

    /// <summary>Levels of the lower halves of some bytes, then of the upper.</summary>
    public static unsafe void Decode(
        ReadOnlySpan<sbyte> levels, byte* from, int count, float scale, float* to)
    {
        for (int i = 0; i < count; i++)
        {
            to[i] = scale * levels[from[i] & 15];
            to[count + i] = scale * levels[from[i] >> 4];
        }
    }
}

/// <summary>Uneven levels and a scale: 32 numbers in 18 bytes.</summary>
internal unsafe struct IQ4_NL : IBlock
{
    public static string Name => nameof(IQ4_NL);

    public static int Id => 20;

    public static int Values => 32;

    public static int Bytes => 18;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Decode(byte* block, float* to) =>
        Levels.Decode(Levels.Uneven, block + 2, 16, Float16(block), to);
}

/// <summary>Uneven levels and scales of 6 bits: 256 numbers in 136 bytes.</summary>
internal unsafe struct IQ4_XS : IBlock
{
    public static string Name => nameof(IQ4_XS);

    public static int Id => 23;

    public static int Values => 256;

    public static int Bytes => 136;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Decode(byte* block, float* to)
    {
        float d = Float16(block);
        int upper = UInt16(block + 2);
        for (int g = 0; g < 8; g++)
        {
            int s = (Nibble(block[4 + (g / 2)], g % 2) | (((upper >> (2 * g)) & 3) << 4)) - 32;
            Levels.Decode(Levels.Uneven, block + 8 + (16 * g), 16, d * s, to + (32 * g));
        }
    }
}

/// <summary>Floats of 4 bits and a power of two: 32 numbers in 17 bytes.</summary>
internal unsafe struct MXFP4 : IBlock
{
    public static string Name => nameof(MXFP4);

    public static int Id => 39;

    public static int Values => 32;

    public static int Bytes => 17;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Decode(byte* block, float* to)
    {
        // The two smallest powers lie below the normal numbers.
        int e = block[0];
        float scale = BitConverter.Int32BitsToSingle(e < 2 ? 0x200000 << e : (e - 1) << 23);
        Levels.Decode(Levels.Float4, block + 1, 16, scale, to);
    }
}

/// <summary>Floats of 4 bits and scales of 7 bits: 64 numbers in 36 bytes.</summary>
internal unsafe struct NVFP4 : IBlock
{
    public static string Name => nameof(NVFP4);

    public static int Id => 40;

    public static int Values => 64;

    public static int Bytes => 36;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Decode(byte* block, float* to)
    {
        for (int g = 0; g < 4; g++)
        {
            int exponent = (block[g] >> 3) & 15;
            int mantissa = block[g] & 7;
            float scale = exponent == 0
                ? mantissa * (1f / 1024)
                : (8 + mantissa) * BitConverter.Int32BitsToSingle((exponent - 11 + 127) << 23);
            Levels.Decode(Levels.Float4, block + 4 + (8 * g), 8, scale, to + (16 * g));
        }
    }
}
