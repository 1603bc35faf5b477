using System.Buffers.Binary;
using System.Numerics;

namespace Vitrine.Tensors.Tests;

/// <summary>Blocks of quantised numbers: the vectorised formats beside their formulas, at whatever
/// width the vectors have, and runs that begin and end inside blocks.</summary>
public class BlockFormatTests
{
    public static TheoryData<string> All => [.. BlockFormat.All.Select(format => format.Name)];

    public static TheoryData<string> Vectorised =>
    [
        "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K", "IQ2_XS",
        "IQ1_S",
    ];

    [Theory]
    [MemberData(nameof(Vectorised))]
    public void The_numbers_are_those_of_the_formula(string name)
    {
        BlockFormat format = BlockFormat.Find(name)!;
        byte[] blocks = Random(format, 40);
        float[] values = new float[40 * format.ValuesPerBlock];
        format.Decode(blocks, values);
        for (int i = 0; i < values.Length; i++)
        {
            ReadOnlySpan<byte> block = blocks.AsSpan(
                i / format.ValuesPerBlock * format.BytesPerBlock, format.BytesPerBlock);
            float expected = Formula(name, block, i % format.ValuesPerBlock);
            Assert.True(values[i] == expected, $"{i}: {values[i]:R} for {expected:R}");
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public unsafe void A_run_may_begin_and_end_anywhere(string name)
    {
        BlockFormat format = BlockFormat.Find(name)!;
        int values = format.ValuesPerBlock;
        byte[] blocks = Random(format, 4);
        float[] all = new float[4 * values];
        format.Decode(blocks, all);
        fixed (byte* from = blocks)
        {
            foreach (int first in (int[])[0, 1, values / 2, values - 1, values, (2 * values) + 3])
            {
                foreach (int count in (int[])[0, 1, 5, values - 1, values, values + 1, all.Length])
                {
                    if (first + count <= all.Length)
                    {
                        float[] run = new float[count + 1];
                        run[count] = 7;
                        fixed (float* to = run)
                        {
                            format.Decoder(from, first, count, to);
                        }

                        Assert.Equal([.. all.AsSpan(first, count), 7], run);
                    }
                }
            }
        }
    }

    [Fact]
    public void Names_and_numbers_are_found_once()
    {
        Assert.Equal(25, BlockFormat.All.Select(format => format.Name).Distinct().Count());
        Assert.Equal(25, BlockFormat.All.Select(format => format.GgufType).Distinct().Count());
        Assert.All(BlockFormat.All, format =>
        {
            Assert.Same(format, BlockFormat.Find(format.GgufType));
            Assert.Same(format, BlockFormat.Find(format.ToString()));
            Assert.InRange(format.ValuesPerBlock, 32, BlockRun.MostValues);
        });
        Assert.Null(BlockFormat.Find("Q4_9"));
        Assert.Null(BlockFormat.Find(4));
    }

    [Fact]
    public void Parts_of_blocks_are_refused()
    {
        BlockFormat format = BlockFormat.Find("Q4_0")!;
        foreach ((int bytes, int values) in ((int, int)[])[(17, 32), (18, 31), (36, 32), (0, 1)])
        {
            Assert.StartsWith(
                "Decode: blocks of Q4_0 have 18 bytes and 32 values; got ",
                Assert.Throws<ArgumentException>(
                    () => format.Decode(new byte[bytes], new float[values])).Message);
        }

        format.Decode([], []);
    }

    /// <summary>Random bits, but where a float16 may lie no exponent is so large that it is
    /// infinite.</summary>
    internal static byte[] Random(BlockFormat format, int count)
    {
        byte[] bytes = new byte[count * format.BytesPerBlock];
        new Random(format.GgufType).NextBytes(bytes);
        for (int at = 0; at < bytes.Length; at += format.BytesPerBlock)
        {
            foreach (int scale in Float16s(format.Name))
            {
                bytes[at + scale + 1] &= 0xBB;
            }

            // NVFP4 and MXFP4 have scales of one byte; half the range is finite and ordinary.
            bytes[at] = format.Name == "MXFP4" ? (byte)(100 + (bytes[at] % 50)) : bytes[at];
        }

        return bytes;
    }

    private static int[] Float16s(string name) => name switch
    {
        "Q4_1" or "Q5_1" or "Q4_K" or "Q5_K" => [0, 2],
        "Q2_K" => [80, 82],
        "Q3_K" => [108],
        "Q6_K" => [208],
        "TQ1_0" => [52],
        "TQ2_0" => [64],
        "IQ1_M" => [54],
        "MXFP4" or "NVFP4" => [],
        _ => [0],
    };

    private static unsafe float Formula(string name, ReadOnlySpan<byte> b, int i)
    {
        int g = name is "Q2_K" or "Q3_K" ? i / 16 : i / 32;
        int fifth;
        switch (name)
        {
            case "Q4_0":
                return (Nibble(b[2 + (i % 16)], i / 16) - 8) * Half(b, 0);
            case "Q4_1":
                return Sum(Nibble(b[4 + (i % 16)], i / 16) * Half(b, 0), Half(b, 2));
            case "Q5_0":
                fifth = (b[2 + (i / 8)] >> (i % 8)) & 1;
                return (Nibble(b[6 + (i % 16)], i / 16) + (16 * fifth) - 16) * Half(b, 0);
            case "Q5_1":
                fifth = (b[4 + (i / 8)] >> (i % 8)) & 1;
                int five = Nibble(b[8 + (i % 16)], i / 16) + (16 * fifth);
                return Sum(five * Half(b, 0), Half(b, 2));
            case "Q8_0":
                return (sbyte)b[2 + i] * Half(b, 0);
            case "Q2_K":
                return Sum(
                    Half(b, 80) * (b[g] & 15) * Two(b, 16, i), -(Half(b, 82) * (b[g] >> 4)));
            case "Q3_K":
                int upper = (b[104 + (g % 4)] >> (2 * (g / 4))) & 3;
                int scale = (Nibble(b[96 + (g % 8)], g / 8) | (upper << 4)) - 32;
                int less = ((b[i % 32] >> (i / 32)) & 1) == 0 ? 4 : 0;
                return Half(b, 108) * scale * (Two(b, 32, i) - less);
            case "Q4_K" or "Q5_K":
                ReadOnlySpan<byte> k = b[4..];
                int s = g < 4 ? k[g] & 63 : (k[g + 4] & 15) | (k[g - 4] >> 6 << 4);
                int t = g < 4 ? k[g + 4] & 63 : (k[g + 4] >> 4) | (k[g] >> 6 << 4);
                fifth = name == "Q5_K" ? (b[16 + (i % 32)] >> g) & 1 : 0;
                int from = (name == "Q5_K" ? 48 : 16) + (i / 64 * 32) + (i % 32);
                int x = Nibble(b[from], g % 2) + (16 * fifth);
                return Sum(Half(b, 0) * s * x, -(Half(b, 2) * t));
            case "IQ2_XS":
                int w = b[2 + (i / 8 * 2)] | (b[3 + (i / 8 * 2)] << 8);
                int signs = (w >> 9) | ((BitOperations.PopCount((uint)w >> 9) & 1) << 7);
                return Half(b, 0) * (0.5f + Nibble(b[66 + (i / 32)], i % 32 / 16)) * 0.25f
                    * CodeBook.IQ2_XS[(8 * (w & 511)) + (i % 8)]
                    * (1 - (2 * ((signs >> (i % 8)) & 1)));
            case "IQ1_S":
                int u = b[34 + (2 * g)] | (b[35 + (2 * g)] << 8);
                int point = b[2 + (i / 8)] | (((u >> (3 * (i % 32 / 8))) & 7) << 8);
                return Half(b, 0) * ((2 * ((u >> 12) & 7)) + 1)
                    * (CodeBook.IQ1[(8 * point) + (i % 8)] + (u >> 15 == 0 ? 0.125f : -0.125f));
            default:
                (int n, int r) = (i / 128, i % 128);
                int q = Nibble(b[(64 * n) + (r % 64)], r / 64)
                    | (((b[128 + (32 * n) + (r % 32)] >> (2 * (r / 32))) & 3) << 4);
                return Half(b, 208) * (sbyte)b[192 + (i / 16)] * (q - 32);
        }
    }

    private static float Sum(float x, float y) => x + y;

    private static int Two(ReadOnlySpan<byte> b, int at, int i) =>
        (b[at + (i / 128 * 32) + (i % 32)] >> (2 * (i % 128 / 32))) & 3;

    private static int Nibble(byte x, int which) => which == 0 ? x & 15 : x >> 4;

    private static float Half(ReadOnlySpan<byte> b, int at) =>
        (float)BinaryPrimitives.ReadHalfLittleEndian(b[at..]);
}
