using System.Runtime.CompilerServices;

namespace Vitrine.Tensors;

/// <summary>A format that stores numbers in blocks: every block holds as many, in as many bytes,
/// and is decoded by itself.</summary>
internal unsafe interface IBlock
{
    /// <summary>The format's name in ggml.</summary>
    static abstract string Name { get; }

    /// <summary>Its number in GGUF files.</summary>
    static abstract int Id { get; }

    /// <summary>The numbers in a block; at most <see cref="BlockRun.MostValues"/>.</summary>
    static abstract int Values { get; }

    /// <summary>The bytes of a block.</summary>
    static abstract int Bytes { get; }

    /// <summary>Decodes one block. Every product and every sum is rounded to float32 before the
    /// next step, in the order in which the format's formula has them, so that the numbers are
    /// ggml's bits; nothing here may become a fused multiply-add.</summary>
    static abstract void Decode(byte* block, float* to);
}

/// <summary>Runs of numbers out of blocks that lie one after the other.</summary>
internal static unsafe class BlockRun
{
    public const int MostValues = 256;

    /// <summary>Decodes <paramref name="count"/> neighbours from number <paramref name="first"/>
    /// on; blocks that lie inside the run whole are decoded in place.</summary>
    // Compiled in full at once, with the block's decoder in it: a first pass is not slower.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Decode<TBlock>(void* from, long first, int count, float* to)
        where TBlock : IBlock
    {
        byte* block = (byte*)from + (first / TBlock.Values * TBlock.Bytes);
        float* end = to + count;
        int skipped = (int)(first % TBlock.Values);
        if (skipped > 0)
        {
            int part = Math.Min(count, TBlock.Values - skipped);
            Part<TBlock>(block, skipped, part, to);
            block += TBlock.Bytes;
            to += part;
        }

        while (end - to >= TBlock.Values)
        {
            TBlock.Decode(block, to);
            block += TBlock.Bytes;
            to += TBlock.Values;
        }

        if (to < end)
        {
            Part<TBlock>(block, 0, (int)(end - to), to);
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Part<TBlock>(byte* block, int first, int count, float* to)
        where TBlock : IBlock
    {
        float* values = stackalloc float[MostValues];
        TBlock.Decode(block, values);
        new ReadOnlySpan<float>(values + first, count).CopyTo(new Span<float>(to, count));
    }
}
