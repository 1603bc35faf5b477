using System.Runtime.CompilerServices;
using static Vitrine.Tensors.BlockParts;

namespace Vitrine.Tensors;

// Four neighbours are a point of a code book; signs as in the formats of two bits. d float16
// comes first in both.
//
// IQ3_XXS: 64 bytes, the points; 8 uint32, one for 32 numbers: four times seven signs, 4 bits of
//          scale s. ((d · (0.5 + s)) · 0.5) · number
// IQ3_S:   64 bytes, the lower 8 bits of the points; 8 bytes with the ninth; 32 bytes of signs;
//          4 bytes of scales, 4 bits for 32 numbers. (d · (1 + 2 s)) · number

/// <summary>256 points: 256 numbers in 98 bytes.</summary>
internal unsafe struct IQ3_XXS : IBlock
{
    public static string Name => nameof(IQ3_XXS);

    public static int Id => 18;

    public static int Values => 256;

    public static int Bytes => 98;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Decode(byte* block, float* to)
    {
        float d = Float16(block);
        byte* point = block + 2;
        for (int g = 0; g < 8; g++)
        {
            uint a = UInt32(block + 66 + (4 * g));
            float scale = d * (0.5f + (a >> 28)) * 0.5f;
            for (int l = 0; l < 4; l++, to += 8, point += 2)
            {
                ulong two = UInt32((byte*)CodeBook.IQ3_XXS + (4 * point[0]))
                    | ((ulong)UInt32((byte*)CodeBook.IQ3_XXS + (4 * point[1])) << 32);
                Signed(scale, two, EvenSigns((a >> (7 * l)) & 127), to);
            }
        }
    }
}

/// <summary>512 points and all signs: 256 numbers in 110 bytes.</summary>
internal unsafe struct IQ3_S : IBlock
{
    public static string Name => nameof(IQ3_S);

    public static int Id => 21;

    public static int Values => 256;

    public static int Bytes => 110;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Decode(byte* block, float* to)
    {
        float d = Float16(block);
        for (int i = 0; i < 32; i++, to += 8)
        {
            int g = i / 4;
            int ninth = block[66 + g] >> (2 * (i % 4));
            int point = block[2 + (2 * i)] | ((ninth & 1) << 8);
            int pointToo = block[3 + (2 * i)] | ((ninth & 2) << 7);
            float scale = d * (1 + (2 * Nibble(block[106 + (g / 2)], g % 2)));
            ulong two = UInt32((byte*)CodeBook.IQ3_S + (4 * point))
                | ((ulong)UInt32((byte*)CodeBook.IQ3_S + (4 * pointToo)) << 32);
            Signed(scale, two, block[74 + i], to);
        }
    }
}
