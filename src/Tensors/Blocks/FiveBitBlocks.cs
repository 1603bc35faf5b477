using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static Vitrine.Tensors.BlockParts;

namespace Vitrine.Tensors;

// Q5_0: d float16; h uint32, the fifth bit of number i in bit i; 16 bytes with the lower four, as
//       in Q4_0. (q − 16) · d
// Q5_1: d, m float16; h; 16 bytes. q · d + m

/// <summary>The fifth bits of Q5_0 and Q5_1.</summary>
internal static class FifthBits
{
    /// <summary>16 in byte i where bit i of the lower half is 1.</summary>
    public static Vector128<byte> Of(uint h)
    {
        Vector128<byte> bit = Vector128.Create(
            (byte)1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128);
        Vector128<byte> eights = Vector128.ConditionalSelect(
            Vector128.Create(ulong.MaxValue, 0).AsByte(), Vector128.Create((byte)h),
            Vector128.Create((byte)(h >> 8)));
        return Vector128.Equals(eights & bit, bit) & Vector128.Create((byte)16);
    }
}

/// <summary>5 bits around 16 and a scale: 32 numbers in 22 bytes.</summary>
internal unsafe struct Q5_0 : IBlock
{
    public static string Name => nameof(Q5_0);

    public static int Id => 6;

    public static int Values => 32;

    public static int Bytes => 22;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Decode(byte* block, float* to)
    {
        Vector256<float> d = Vector256.Create(Float16(block));
        uint h = UInt32(block + 2);
        Vector128<byte> q = Vector128.Load(block + 6);
        Vector128<sbyte> middle = Vector128.Create((sbyte)16);
        Vector128<byte> low = (q & Vector128.Create((byte)15)) | FifthBits.Of(h);
        Vector128<byte> high = (q >>> 4) | FifthBits.Of(h >> 16);
        Scaled(low.AsSByte() - middle, d, to);
        Scaled(high.AsSByte() - middle, d, to + 16);
    }
}

/// <summary>5 bits, a scale and a minimum: 32 numbers in 24 bytes.</summary>
internal unsafe struct Q5_1 : IBlock
{
    public static string Name => nameof(Q5_1);

    public static int Id => 7;

    public static int Values => 32;

    public static int Bytes => 24;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Decode(byte* block, float* to)
    {
        Vector256<float> d = Vector256.Create(Float16(block));
        Vector256<float> m = Vector256.Create(Float16(block + 2));
        uint h = UInt32(block + 4);
        Vector128<byte> q = Vector128.Load(block + 8);
        Vector128<byte> low = (q & Vector128.Create((byte)15)) | FifthBits.Of(h);
        Vector128<byte> high = (q >>> 4) | FifthBits.Of(h >> 16);
        Shifted(low.AsSByte(), d, m, to);
        Shifted(high.AsSByte(), d, m, to + 16);
    }
}
