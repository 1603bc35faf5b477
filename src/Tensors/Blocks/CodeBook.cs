using System.IO.Compression;

namespace Vitrine.Tensors;

/// <summary>The points of space that the IQ formats choose from: ggml's tables (MIT licence, see
/// THIRD-PARTY-NOTICES.md), embedded as ggml.codebooks.br, one signed byte a number.</summary>
internal static unsafe class CodeBook
{
    private const int Length = 33_792;

    // Pinned for good, so that an entry is an address; set before the books below.
    private static readonly sbyte[] All = Load();

    /// <summary>256 points of 8 numbers: 8, 25 or 43.</summary>
    public static readonly sbyte* IQ2_XXS = At(0);

    /// <summary>512 points of 8 such numbers.</summary>
    public static readonly sbyte* IQ2_XS = At(2048);

    /// <summary>1024 points of 8 such numbers.</summary>
    public static readonly sbyte* IQ2_S = At(6144);

    /// <summary>256 points of 4 numbers: 4, 12, … 52 or 62.</summary>
    public static readonly sbyte* IQ3_XXS = At(14_336);

    /// <summary>512 points of 4 numbers: 1, 3, … 15.</summary>
    public static readonly sbyte* IQ3_S = At(15_360);

    /// <summary>2048 points of 8 numbers: −1, 0 or 1.</summary>
    public static readonly sbyte* IQ1 = At(17_408);

    private static sbyte* At(int index)
    {
        fixed (sbyte* entry = &All[index])
        {
            return entry;
        }
    }

    private static sbyte[] Load()
    {
        sbyte[] books = GC.AllocateUninitializedArray<sbyte>(Length, pinned: true);
        using Stream packed = typeof(CodeBook).Assembly.GetManifestResourceStream(
            "ggml.codebooks.br")!;
        using var unpacked = new BrotliStream(packed, CompressionMode.Decompress);
        fixed (sbyte* all = books)
        {
            unpacked.ReadExactly(new Span<byte>(all, Length));
        }

        return books;
    }
}
