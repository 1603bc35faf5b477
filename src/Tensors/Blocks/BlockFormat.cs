namespace Vitrine.Tensors;

/// <summary>A format of quantised numbers, as GGUF files have them: each block holds some numbers
/// with a common scale, and decodes to float32.</summary>
/// <remarks>The decoded numbers are the bits of ggml's own functions: every step is rounded to
/// float32 in the same order.</remarks>
public sealed unsafe class BlockFormat
{
    private BlockFormat(
        string name, int id, int values, int bytes,
        delegate*<void*, long, int, float*, void> decoder)
    {
        (Name, GgufType, ValuesPerBlock, BytesPerBlock) = (name, id, values, bytes);
        Decoder = decoder;
    }

    /// <summary>Every format, by its number in GGUF files.</summary>
    public static IReadOnlyList<BlockFormat> All { get; } = Array.AsReadOnly<BlockFormat>(
    [
        Of<Q4_0>(), Of<Q4_1>(), Of<Q5_0>(), Of<Q5_1>(), Of<Q8_0>(), Of<Q2_K>(), Of<Q3_K>(),
        Of<Q4_K>(), Of<Q5_K>(), Of<Q6_K>(), Of<IQ2_XXS>(), Of<IQ2_XS>(), Of<IQ3_XXS>(),
        Of<IQ1_S>(), Of<IQ4_NL>(), Of<IQ3_S>(), Of<IQ2_S>(), Of<IQ4_XS>(), Of<IQ1_M>(),
        Of<TQ1_0>(), Of<TQ2_0>(), Of<MXFP4>(), Of<NVFP4>(), Of<Q1_0>(), Of<Q2_0>(),
    ]);

    /// <summary>The name in ggml: Q4_K, IQ3_S.</summary>
    public string Name { get; }

    /// <summary>The number by which GGUF files name the format.</summary>
    public int GgufType { get; }

    /// <summary>The numbers in a block: 32 to 256.</summary>
    public int ValuesPerBlock { get; }

    /// <summary>The bytes of a block.</summary>
    public int BytesPerBlock { get; }

    /// <summary>Decodes a run of numbers; see <see cref="WeightElements.Decoder"/>.</summary>
    internal delegate*<void*, long, int, float*, void> Decoder { get; }

    /// <summary>The format of a name or, in GGUF files, a number; null if there is none.</summary>
    public static BlockFormat? Find(int ggufType) =>
        All.FirstOrDefault(format => format.GgufType == ggufType);

    /// <inheritdoc cref="Find(int)"/>
    public static BlockFormat? Find(string name) =>
        All.FirstOrDefault(format => format.Name == name);

    /// <summary>Decodes whole blocks.</summary>
    /// <param name="blocks">The blocks, one after the other.</param>
    /// <param name="values">Where their numbers go: <see cref="ValuesPerBlock"/> for each
    /// block.</param>
    /// <exception cref="ArgumentException">The lengths are not those of the same number of whole
    /// blocks.</exception>
    public void Decode(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        int count = blocks.Length / BytesPerBlock;
        if (blocks.Length % BytesPerBlock != 0 || values.Length != (long)count * ValuesPerBlock)
        {
            throw new ArgumentException(
                $"Decode: blocks of {Name} have {BytesPerBlock} bytes and {ValuesPerBlock} values; "
                + $"got {blocks.Length} bytes and {values.Length} values; pass whole blocks.");
        }

        fixed (byte* from = blocks)
        fixed (float* to = values)
        {
            Decoder(from, 0, values.Length, to);
        }
    }

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    private static BlockFormat Of<TBlock>()
        where TBlock : IBlock => new(
            TBlock.Name, TBlock.Id, TBlock.Values, TBlock.Bytes, &BlockRun.Decode<TBlock>);
}
