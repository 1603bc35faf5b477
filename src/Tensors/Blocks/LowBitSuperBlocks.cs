using static Vitrine.Tensors.BlockParts;

namespace Vitrine.Tensors;

// Sixteen groups of 16 numbers; d and m are the block's, the group has its own small factors.
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

    public static void Decode(byte* block, float* to)
    {
        (float d, float m) = (Float16(block + 80), Float16(block + 82));
        for (int first = 0; first < 256; first += 16)
        {
            byte group = block[first / 16];
            float scale = d * (group & 15);
            float minimum = m * (group >> 4);
            for (int i = first; i < first + 16; i++)
            {
                to[i] = (scale * Two(block + 16, i)) - minimum;
            }
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

    public static void Decode(byte* block, float* to)
    {
        float d = Float16(block + 108);
        byte* scales = block + 96;
        for (int first = 0; first < 256; first += 16)
        {
            int g = first / 16;
            int upper = (scales[8 + (g % 4)] >> (2 * (g / 4))) & 3;
            float scale = d * ((Nibble(scales[g % 8], g / 8) | (upper << 4)) - 32);
            for (int i = first; i < first + 16; i++)
            {
                int third = (block[i % 32] >> (i / 32)) & 1;
                to[i] = scale * (Two(block + 32, i) - 4 + (4 * third));
            }
        }
    }
}
