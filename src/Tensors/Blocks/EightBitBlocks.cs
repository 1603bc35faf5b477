using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static Vitrine.Tensors.BlockParts;

namespace Vitrine.Tensors;

// Q8_0: d float16; 32 signed bytes. q · d

/// <summary>Signed bytes and a scale: 32 numbers in 34 bytes.</summary>
internal unsafe struct Q8_0 : IBlock
{
    public static string Name => nameof(Q8_0);

    public static int Id => 8;

    public static int Values => 32;

    public static int Bytes => 34;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Decode(byte* block, float* to)
    {
        Vector256<float> d = Vector256.Create(Float16(block));
        Scaled(Vector128.Load((sbyte*)block + 2), d, to);
        Scaled(Vector128.Load((sbyte*)block + 18), d, to + 16);
    }
}
