using static Vitrine.Tensors.BlockParts;

namespace Vitrine.Tensors;

// Q5_0: d float16; h uint32, the fifth bit of number i in bit i; 16 bytes with the lower four, as
//       in Q4_0. (q − 16) · d
// Q5_1: d, m float16; h; 16 bytes. q · d + m

/// <summary>5 bits around 16 and a scale: 32 numbers in 22 bytes.</summary>
internal unsafe struct Q5_0 : IBlock
{
    public static string Name => nameof(Q5_0);

    public static int Id => 6;

    public static int Values => 32;

    public static int Bytes => 22;

    public static void Decode(byte* block, float* to)
    {
        float d = Float16(block);
        uint h = UInt32(block + 2);
        for (int i = 0; i < 16; i++)
        {
            int q = block[6 + i];
            to[i] = ((q & 15) + (int)(((h >> i) & 1) << 4) - 16) * d;
            to[16 + i] = ((q >> 4) + (int)(((h >> (16 + i)) & 1) << 4) - 16) * d;
        }
    }
}

/// <summary>5 bits, a scale and a minimum: 32 numbers in 24 bytes.</summary>
internal unsafe struct Q5_1 : IBlock
{
    public static string Name => nameof(Q5_1);

    public static int Id => 7;

    public static int Values => 32;

    public static int Bytes => 24;

    public static void Decode(byte* block, float* to)
    {
        (float d, float m) = (Float16(block), Float16(block + 2));
        uint h = UInt32(block + 4);
        for (int i = 0; i < 16; i++)
        {
            int q = block[8 + i];
            to[i] = (((q & 15) + (int)(((h >> i) & 1) << 4)) * d) + m;
            to[16 + i] = (((q >> 4) + (int)(((h >> (16 + i)) & 1) << 4)) * d) + m;
        }
    }
}
