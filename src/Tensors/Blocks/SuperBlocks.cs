using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static Vitrine.Tensors.BlockParts;

namespace Vitrine.Tensors;

// Q4_K: d, m float16; 12 bytes of scales s and minima t, 6 bits each, of eight groups of 32
//       numbers; 128 bytes, two groups in 32 of them: the first in the lower halves.
//       (d · s) · q − m · t
// Q5_K: as Q4_K, with 32 bytes before the 128: bit g of byte i % 32 is the fifth bit.
// Q6_K: in each half of the block, 64 bytes with the lower four bits of 128 numbers (the first 64
//       in the lower halves), 32 bytes with the upper two; 16 signed bytes, the scales s of groups
//       of 16; d float16. (d · s) · (q − 32)

/// <summary>The scales and minima of Q4_K and Q5_K.</summary>
internal static unsafe class GroupScales
{
    /// <summary>Groups 0 to 3 have six bits of a byte; the others four bits of one and the two
    /// that are left in the bytes of the first four.</summary>
    public static (int Scale, int Minimum) Of(byte* scales, int g) => g < 4
        ? (scales[g] & 63, scales[g + 4] & 63)
        : ((scales[g + 4] & 15) | (scales[g - 4] >> 6 << 4),
            (scales[g + 4] >> 4) | (scales[g] >> 6 << 4));
}

/// <summary>4 bits, scales and minima of 6 bits: 256 numbers in 144 bytes.</summary>
internal unsafe struct Q4_K : IBlock
{
    public static string Name => nameof(Q4_K);

    public static int Id => 12;

    public static int Values => 256;

    public static int Bytes => 144;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Decode(byte* block, float* to)
    {
        (float d, float m) = (Float16(block), Float16(block + 2));
        Vector128<byte> lower = Vector128.Create((byte)15);
        byte* from = block + 16;
        for (int g = 0; g < 8; g += 2, from += 32, to += 64)
        {
            (int scale, int minimum) = GroupScales.Of(block + 4, g);
            (int scaleToo, int minimumToo) = GroupScales.Of(block + 4, g + 1);
            Vector256<float> s = Vector256.Create(d * scale);
            Vector256<float> t = Vector256.Create(-(m * minimum));
            Vector256<float> sToo = Vector256.Create(d * scaleToo);
            Vector256<float> tToo = Vector256.Create(-(m * minimumToo));
            Vector128<byte> q = Vector128.Load(from);
            Vector128<byte> qToo = Vector128.Load(from + 16);
            Shifted((q & lower).AsSByte(), s, t, to);
            Shifted((qToo & lower).AsSByte(), s, t, to + 16);
            Shifted((q >>> 4).AsSByte(), sToo, tToo, to + 32);
            Shifted((qToo >>> 4).AsSByte(), sToo, tToo, to + 48);
        }
    }
}

/// <summary>5 bits, scales and minima of 6 bits: 256 numbers in 176 bytes.</summary>
internal unsafe struct Q5_K : IBlock
{
    public static string Name => nameof(Q5_K);

    public static int Id => 13;

    public static int Values => 256;

    public static int Bytes => 176;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Decode(byte* block, float* to)
    {
        (float d, float m) = (Float16(block), Float16(block + 2));
        Vector128<byte> fifth = Vector128.Create((byte)16);
        for (int g = 0; g < 8; g++)
        {
            (int s, int t) = GroupScales.Of(block + 4, g);
            Vector256<float> scale = Vector256.Create(d * s);
            Vector256<float> minimum = Vector256.Create(-(m * t));
            for (int i = 0; i < 32; i += 16, to += 16)
            {
                Vector128<byte> q = Vector128.Load(block + 48 + (g / 2 * 32) + i);
                q = g % 2 == 0 ? q & Vector128.Create((byte)15) : q >>> 4;
                Vector128<byte> h = Vector128.Load(block + 16 + i) >>> g;
                Shifted((q | ((h << 4) & fifth)).AsSByte(), scale, minimum, to);
            }
        }
    }
}

/// <summary>6 bits, scales of 8 bits: 256 numbers in 210 bytes.</summary>
internal unsafe struct Q6_K : IBlock
{
    public static string Name => nameof(Q6_K);

    public static int Id => 14;

    public static int Values => 256;

    public static int Bytes => 210;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Decode(byte* block, float* to)
    {
        float d = Float16(block + 208);
        sbyte* scales = (sbyte*)block + 192;
        for (int half = 0; half < 2; half++, scales += 8, to += 128)
        {
            for (int part = 0; part < 4; part++)
            {
                byte* lower = block + (64 * half) + (32 * (part % 2));
                byte* upper = block + 128 + (32 * half);
                Sixteen(lower, upper, part, d * scales[2 * part], to + (32 * part));
                Sixteen(
                    lower + 16, upper + 16, part, d * scales[(2 * part) + 1],
                    to + (32 * part) + 16);
            }
        }
    }

    private static void Sixteen(byte* lower, byte* upper, int part, float scale, float* to)
    {
        Vector128<byte> low = Vector128.Load(lower);
        Vector128<byte> four = part < 2 ? low & Vector128.Create((byte)15) : low >>> 4;
        Vector128<byte> two = (Vector128.Load(upper) >>> (2 * part)) & Vector128.Create((byte)3);
        Vector128<sbyte> q = (four | (two << 4)).AsSByte() - Vector128.Create((sbyte)32);
        Scaled(q, Vector256.Create(scale), to);
    }
}
