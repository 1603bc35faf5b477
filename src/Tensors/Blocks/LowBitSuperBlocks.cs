using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static Vitrine.Tensors.BlockParts;

namespace Vitrine.Tensors;

// Sixteen groups of 16 numbers; d and m are the block's, the group has its own small factors.
// Two bits: 32 bytes hold the numbers of a half, first the 32 that are lowest in their byte. So a
// group is 16 neighbouring bytes, shifted.
//
// Q2_K: 16 bytes, a group's scale s in the lower half and minimum t in the upper; 64 bytes of two
//       bits; d, m float16. (d · s) · q − m · t
// Q3_K: 32 bytes with the third bits, bit i ÷ 32 of byte i % 32; 64 bytes of two bits; 12 bytes of
//       scales s of 6 bits around 32; d float16. Without its third bit a number is 4 less:
//       (d · s) · q

/// <summary>2 bits, scales and minima of 4 bits: 256 numbers in 84 bytes.</summary>
internal unsafe struct Q2_K : IBlock
{
    public static string Name => nameof(Q2_K);

    public static int Id => 10;

    public static int Values => 256;

    public static int Bytes => 84;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Decode(byte* block, float* to)
    {
        (float d, float m) = (Float16(block + 80), Float16(block + 82));
        Vector128<byte> lowest = Vector128.Create((byte)3);
        for (int g = 0; g < 16; g++, to += 16)
        {
            float scale = d * (block[g] & 15);
            float minimum = m * (block[g] >> 4);
            Vector128<byte> q = Vector128.Load(block + 16 + (g / 8 * 32) + (g % 2 * 16));
            Shifted(
                ((q >>> (g % 8 / 2 * 2)) & lowest).AsSByte(), Vector256.Create(scale),
                Vector256.Create(-minimum), to);
        }
    }
}

/// <summary>3 bits, scales of 6 bits: 256 numbers in 110 bytes.</summary>
internal unsafe struct Q3_K : IBlock
{
    public static string Name => nameof(Q3_K);

    public static int Id => 11;

    public static int Values => 256;

    public static int Bytes => 110;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Decode(byte* block, float* to)
    {
        float d = Float16(block + 108);
        byte* scales = block + 96;
        Vector128<byte> lowest = Vector128.Create((byte)3);
        Vector128<byte> third = Vector128.Create((byte)4);
        for (int g = 0; g < 16; g++, to += 16)
        {
            int upper = (scales[8 + (g % 4)] >> (2 * (g / 4))) & 3;
            float scale = d * ((Nibble(scales[g % 8], g / 8) | (upper << 4)) - 32);
            Vector128<byte> q = Vector128.Load(block + 32 + (g / 8 * 32) + (g % 2 * 16));
            Vector128<byte> h = Vector128.Load(block + (g % 2 * 16)) >>> (g / 2);
            Vector128<byte> x = ((q >>> (g % 8 / 2 * 2)) & lowest) | ((h << 2) & third);
            Scaled(x.AsSByte() - third.AsSByte(), Vector256.Create(scale), to);
        }
    }
}
