using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static Vitrine.Tensors.BlockParts;

namespace Vitrine.Tensors;

// Q4_0: d float16; 16 bytes, number i in the lower half of byte i, number 16 + i in the upper.
//       (q − 8) · d
// Q4_1: d, m float16; 16 bytes likewise. q · d + m
// Sixteen numbers at a time, as bytes up to the conversion. q · d is rounded before m is added.

/// <summary>4 bits around 8 and a scale: 32 numbers in 18 bytes.</summary>
internal unsafe struct Q4_0 : IBlock
{
    public static string Name => nameof(Q4_0);

    public static int Id => 2;

    public static int Values => 32;

    public static int Bytes => 18;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Decode(byte* block, float* to)
    {
        Vector256<float> d = Vector256.Create(Float16(block));
        Vector128<byte> q = Vector128.Load(block + 2);
        Vector128<sbyte> eight = Vector128.Create((sbyte)8);
        Scaled((q & Vector128.Create((byte)15)).AsSByte() - eight, d, to);
        Scaled((q >>> 4).AsSByte() - eight, d, to + 16);
    }
}

/// <summary>4 bits, a scale and a minimum: 32 numbers in 20 bytes.</summary>
internal unsafe struct Q4_1 : IBlock
{
    public static string Name => nameof(Q4_1);

    public static int Id => 3;

    public static int Values => 32;

    public static int Bytes => 20;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Decode(byte* block, float* to)
    {
        Vector256<float> d = Vector256.Create(Float16(block));
        Vector256<float> m = Vector256.Create(Float16(block + 2));
        Vector128<byte> q = Vector128.Load(block + 4);
        Shifted((q & Vector128.Create((byte)15)).AsSByte(), d, m, to);
        Shifted((q >>> 4).AsSByte(), d, m, to + 16);
    }
}
