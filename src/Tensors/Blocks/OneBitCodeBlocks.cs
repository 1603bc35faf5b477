using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static Vitrine.Tensors.BlockParts;

namespace Vitrine.Tensors;

// Eight neighbours are a point of −1, 0 and 1, moved by an eighth up or down.
//
// IQ1_S: d float16; 32 bytes, the lower 8 bits of the points; 8 uint16, one for 32 numbers: four
//        times the upper 3 bits, 3 bits of scale s, 1 bit: down.
// IQ1_M: 32 bytes, the lower 8 bits; 16 bytes of halves, one for a point: its upper 3 bits, 1 bit:
//        down; 4 uint16, each four scales s of 3 bits for 16 numbers, and a quarter of the float16
//        d, the lowest first.
// Both: (d · (2 s + 1)) · (number ± ⅛)

/// <summary>One move and scale for 32 numbers: 256 numbers in 50 bytes.</summary>
internal unsafe struct IQ1_S : IBlock
{
    public const float Move = 0.125f;

    public static string Name => nameof(IQ1_S);

    public static int Id => 19;

    public static int Values => 256;

    public static int Bytes => 50;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Decode(byte* block, float* to)
    {
        float d = Float16(block);
        for (int i = 0; i < 32; i++, to += 8)
        {
            int w = UInt16(block + 34 + (i / 4 * 2));
            int point = block[2 + i] | (((w >> (3 * (i % 4))) & 7) << 8);
            float scale = d * ((2 * ((w >> 12) & 7)) + 1);
            Moved(scale, point, (w >> 15) == 0 ? Move : -Move, to);
        }
    }

    /// <summary>The eight numbers of a point.</summary>
    public static void Moved(float scale, int point, float move, float* to)
    {
        Vector256<float> numbers = Floats(UInt64(CodeBook.IQ1 + (8 * point)));
        ((numbers + Vector256.Create(move)) * Vector256.Create(scale)).Store(to);
    }
}

/// <summary>A move for 8 numbers, a scale for 16: 256 numbers in 56 bytes.</summary>
internal unsafe struct IQ1_M : IBlock
{
    public static string Name => nameof(IQ1_M);

    public static int Id => 29;

    public static int Values => 256;

    public static int Bytes => 56;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Decode(byte* block, float* to)
    {
        byte* scales = block + 48;
        int bits = 0;
        for (int i = 0; i < 4; i++)
        {
            bits |= UInt16(scales + (2 * i)) >> 12 << (4 * i);
        }

        var d = (float)BitConverter.Int16BitsToHalf((short)bits);
        for (int i = 0; i < 32; i++, to += 8)
        {
            int x = Nibble(block[32 + (i / 2)], i % 2);
            int s = (UInt16(scales + (i / 8 * 2)) >> (3 * (i % 8 / 2))) & 7;
            IQ1_S.Moved(
                d * ((2 * s) + 1), block[i] | ((x & 7) << 8),
                (x & 8) == 0 ? IQ1_S.Move : -IQ1_S.Move, to);
        }
    }
}
