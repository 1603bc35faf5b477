using System.Runtime.CompilerServices;
using static Vitrine.Tensors.BlockParts;

namespace Vitrine.Tensors;

// Eight neighbours are a point of a code book with eight signs. d float16 comes first in all.
//
// IQ2_XXS: eight groups of 32 numbers, each 4 bytes, the points, and a uint32: four times seven
//          signs (the eighth makes their number even), then 4 bits of scale s.
// IQ2_XS:  32 uint16: 9 bits of point, seven signs; 8 bytes of scales, 4 bits for 16 numbers.
// IQ2_S:   32 bytes, the lower 8 bits of the points; 32 bytes of signs; 8 bytes with the upper 2
//          bits; 8 bytes of scales.
// All: ((d · (0.5 + s)) · 0.25) · number, ± by its sign.

/// <summary>256 points: 256 numbers in 66 bytes.</summary>
internal unsafe struct IQ2_XXS : IBlock
{
    public static string Name => nameof(IQ2_XXS);

    public static int Id => 16;

    public static int Values => 256;

    public static int Bytes => 66;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Decode(byte* block, float* to)
    {
        float d = Float16(block);
        for (int g = 0; g < 8; g++)
        {
            byte* group = block + 2 + (8 * g);
            uint a = UInt32(group + 4);
            float scale = d * (0.5f + (a >> 28)) * 0.25f;
            for (int l = 0; l < 4; l++, to += 8)
            {
                Signed(
                    scale, UInt64(CodeBook.IQ2_XXS + (8 * group[l])),
                    EvenSigns((a >> (7 * l)) & 127), to);
            }
        }
    }
}

/// <summary>512 points: 256 numbers in 74 bytes.</summary>
internal unsafe struct IQ2_XS : IBlock
{
    public static string Name => nameof(IQ2_XS);

    public static int Id => 17;

    public static int Values => 256;

    public static int Bytes => 74;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Decode(byte* block, float* to)
    {
        float d = Float16(block);
        for (int i = 0; i < 32; i++, to += 8)
        {
            int w = UInt16(block + 2 + (2 * i));
            float scale = d * (0.5f + Nibble(block[66 + (i / 4)], i % 4 / 2)) * 0.25f;
            Signed(
                scale, UInt64(CodeBook.IQ2_XS + (8 * (w & 511))), EvenSigns((uint)w >> 9), to);
        }
    }
}

/// <summary>1024 points and all signs: 256 numbers in 82 bytes.</summary>
internal unsafe struct IQ2_S : IBlock
{
    public static string Name => nameof(IQ2_S);

    public static int Id => 22;

    public static int Values => 256;

    public static int Bytes => 82;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Decode(byte* block, float* to)
    {
        float d = Float16(block);
        for (int i = 0; i < 32; i++, to += 8)
        {
            int point = block[2 + i] | (((block[66 + (i / 4)] >> (2 * (i % 4))) & 3) << 8);
            float scale = d * (0.5f + Nibble(block[74 + (i / 4)], i % 4 / 2)) * 0.25f;
            Signed(scale, UInt64(CodeBook.IQ2_S + (8 * point)), block[34 + i], to);
        }
    }
}
