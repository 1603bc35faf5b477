using System.Runtime.CompilerServices;
using static Vitrine.Tensors.BlockParts;

namespace Vitrine.Tensors;

// Few values times one scale.
//
// TQ1_0: 48 bytes of five numbers from −1 to 1, in base 3: a byte is the fraction 0.abcde, and the
//        next digit is what 3 times it carries over; bytes 0 … 31 hold numbers 0 … 159, all first
//        digits first, bytes 32 … 47 the next 80; 4 bytes of four numbers; d float16. q · d
// TQ2_0: 64 bytes of two bits; d float16. (q − 1) · d
// Q1_0:  d float16; 16 bytes, bit i % 8 of byte i ÷ 8. d where it is 1, else −d
// Q2_0:  d float16; 16 bytes, two bits at 2 · (i % 4) of byte i ÷ 4. (q − 1) · d

/// <summary>Five numbers in a byte: 256 numbers in 54 bytes.</summary>
internal unsafe struct TQ1_0 : IBlock
{
    public static string Name => nameof(TQ1_0);

    public static int Id => 34;

    public static int Values => 256;

    public static int Bytes => 54;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Decode(byte* block, float* to)
    {
        float d = Float16(block + 52);
        Digits(block, 32, 5, d, to);
        Digits(block + 32, 16, 5, d, to + 160);
        Digits(block + 48, 4, 4, d, to + 240);
    }

    private static void Digits(byte* from, int bytes, int digits, float d, float* to)
    {
        int power = 1;
        for (int digit = 0; digit < digits; digit++, power *= 3, to += bytes)
        {
            for (int i = 0; i < bytes; i++)
            {
                to[i] = ((((from[i] * power) & 255) * 3 >> 8) - 1) * d;
            }
        }
    }
}

/// <summary>Four numbers in a byte: 256 numbers in 66 bytes.</summary>
internal unsafe struct TQ2_0 : IBlock
{
    public static string Name => nameof(TQ2_0);

    public static int Id => 35;

    public static int Values => 256;

    public static int Bytes => 66;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Decode(byte* block, float* to)
    {
        float d = Float16(block + 64);
        for (int i = 0; i < 256; i += 32, to += 32)
        {
            // 32 bytes hold 128 numbers, first all that are lowest in their byte.
            byte* from = block + (i / 128 * 32);
            for (int j = 0; j < 32; j++)
            {
                to[j] = (((from[j] >> (i % 128 / 16)) & 3) - 1) * d;
            }
        }
    }
}

/// <summary>Signs alone: 128 numbers in 18 bytes.</summary>
internal unsafe struct Q1_0 : IBlock
{
    public static string Name => nameof(Q1_0);

    public static int Id => 41;

    public static int Values => 128;

    public static int Bytes => 18;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Decode(byte* block, float* to)
    {
        float d = Float16(block);
        for (int i = 0; i < 16; i++, to += 8)
        {
            Signed(d, 0x0101_0101_0101_0101, ~block[2 + i], to);
        }
    }
}

/// <summary>Neighbours in a byte: 64 numbers in 18 bytes.</summary>
internal unsafe struct Q2_0 : IBlock
{
    public static string Name => nameof(Q2_0);

    public static int Id => 42;

    public static int Values => 64;

    public static int Bytes => 18;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Decode(byte* block, float* to)
    {
        float d = Float16(block);
        for (int i = 0; i < 64; i++)
        {
            to[i] = (((block[2 + (i / 4)] >> (2 * (i % 4))) & 3) - 1) * d;
        }
    }
}
