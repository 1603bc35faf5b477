using Vitrine.Models.Checkpoints.Gguf;

namespace Vitrine.Models.Tests.Checkpoints.Gguf;

/// <summary>Damaged GGUF files: what is wrong is said, and nothing is allocated that the file does
/// not hold.</summary>
public class DamagedGgufTests
{
    public static TheoryData<string, string> Files => new()
    {
        {
            "array_bytes_overflow",
            "key \"x.a\": the elements must fit in the 4088 bytes that follow, at least 8 bytes "
            + "each; got 2305843009213693953"
        },
        {
            "array_length_lies",
            "key \"x.a\": the elements must fit in the 4056 bytes that follow, at least 1 bytes "
            + "each; got 1152921504606846976"
        },
        {
            "big_endian",
            "the version must be 2 or 3, little-endian; got a big-endian file; convert it."
        },
        {
            "count_pairs_huge",
            "pairs of metadata must fit in the 4456 bytes that follow, at least 13 bytes each; "
            + "got 9223372036854775808"
        },
        {
            "count_pairs_more",
            "the name of tensor 1 of 12 must lie in the file of 4480 bytes; got "
            + "3096224743817216 bytes from byte 468 on"
        },
        {
            "count_tensors_huge",
            "the tensors' descriptions must fit in the 4456 bytes that follow, at least 24 "
            + "bytes each; got 1152921504606846976"
        },
        {
            "count_tensors_more",
            "the name of tensor 13 of 13 must lie in the file of 4480 bytes; got "
            + "964825465670139904 bytes from byte 1126 on"
        },
        {
            "dims_bytes_overflow",
            "tensor \"blk.0.attn_q.weight\": [2147483648, 2147483648] of F32 must lie in the "
            + "file of 4480 bytes; it was cut short or damaged."
        },
        {
            "dims_overflow",
            "tensor \"blk.0.attn_q.weight\": [4294967296, 4294967296] of F32 must lie in the "
            + "file of 4480 bytes; it was cut short or damaged."
        },
        {
            "dims_overflow_signed",
            "tensor \"blk.0.attn_q.weight\": an axis is shorter than 2^63; got "
            + "9223372036854775808."
        },
        {
            "key_length_lies",
            "the key of metadata pair 1 of 10 must lie in the file of 4480 bytes; got "
            + "4611686018427387904 bytes from byte 32 on"
        },
        {
            "key_length_minus_1",
            "the key of metadata pair 1 of 10 must lie in the file of 4480 bytes; got "
            + "18446744073709551615 bytes from byte 32 on"
        },
        {
            "magic",
            "a GGUF file begins with GGUF (bytes 47475546); got 47474D4C; it is another kind of "
            + "file, or damaged."
        },
        {
            "offset_beyond_end",
            "tensor \"blk.0.ffn_down.weight\" must begin in the file of 4480 bytes; its offset "
            + "is 1048576;"
        },
        {
            "offset_not_aligned",
            "tensor \"blk.0.attn_k.weight\": its offset must be a multiple of 32; got 1028."
        },
        {
            "offset_overflow",
            "tensor \"blk.0.ffn_down.weight\" must begin in the file of 4480 bytes; its offset "
            + "is 18446744073709551584;"
        },
        {
            "offsets_overlap",
            "tensors must not overlap; \"blk.0.attn_k.weight\" begins at byte 1120, inside "
            + "\"token_embd.weight\"."
        },
        {
            "row_no_whole_blocks",
            "tensor \"blk.0.attn_q.weight\": a row of Q4_0 is a multiple of 32; got 8."
        },
        {
            "string_length_lies",
            "key \"x.s\" must lie in the file of 4512 bytes; got 4480 bytes from byte 452 on"
        },
        {
            "tensor_type_2147483648",
            "tensor \"blk.0.attn_q.weight\": its elements are of type 2147483648, which is "
            + "unknown"
        },
        {
            "tensor_type_31",
            "tensor \"blk.0.attn_q.weight\": its elements are of type 31, which is unknown"
        },
        {
            "tensor_type_4",
            "tensor \"blk.0.attn_q.weight\": its elements are of type 4, which is unknown"
        },
        {
            "tensor_type_43",
            "tensor \"blk.0.attn_q.weight\": its elements are of type 43, which is unknown"
        },
        {
            "tensor_type_99",
            "tensor \"blk.0.attn_q.weight\": its elements are of type 99, which is unknown"
        },
        {
            "truncated_before_data",
            "tensor \"blk.0.attn_v.weight\" must begin in the file of 1112 bytes; its offset is "
            + "1280;"
        },
        {
            "truncated_data",
            "tensor \"blk.0.ffn_down.weight\" must lie in the file of 4180 bytes; got 512 bytes "
            + "from byte 3968 on"
        },
        {
            "truncated_header",
            "pairs of metadata must lie in the file of 20 bytes; got 8 bytes from byte 16 on"
        },
        {
            "truncated_info",
            "tensor \"token_embd.weight\" must lie in the file of 459 bytes; got 8 bytes from "
            + "byte 458 on"
        },
        {
            "truncated_key",
            "pairs of metadata must fit in the 10 bytes that follow, at least 13 bytes each; "
            + "got 10"
        },
        {
            "truncated_magic",
            "a GGUF file begins with GGUF (bytes 47475546); got fewer bytes; it is another kind "
            + "of file, or damaged."
        },
        {
            "truncated_value",
            "pairs of metadata must fit in the 40 bytes that follow, at least 13 bytes each; "
            + "got 10"
        },
        {
            "value_type_unknown",
            "key \"llama.context_length\": a type of metadata is a number up to 12; got 13."
        },
        {
            "zero_bytes",
            "a GGUF file begins with GGUF (bytes 47475546); got fewer bytes; it is another kind "
            + "of file, or damaged."
        },
        { "alignment_0", "key \"general.alignment\" must be a power of 2 up to 2^30; got 0." },
        { "alignment_24", "key \"general.alignment\" must be a power of 2 up to 2^30; got 24." },
        { "alignment_3", "key \"general.alignment\" must be a power of 2 up to 2^30; got 3." },
        { "alignment_string", "key \"general.alignment\" must be of type U32; got Text." },
        { "alignment_u64", "key \"general.alignment\" must be of type U32; got U64." },
        { "array_type_unknown", "key \"x.a\": a type of metadata is a number up to 12; got 77." },
        { "key_twice", "key \"llama.block_count\" is there twice." },
        { "n_dims_2147483648", "tensor \"blk.0.attn_q.weight\": at most 4 axes; got 2147483648." },
        { "n_dims_5", "tensor \"blk.0.attn_q.weight\": at most 4 axes; got 5." },
        { "n_dims_9", "tensor \"blk.0.attn_q.weight\": at most 4 axes; got 9." },
        { "nested_arrays_deep", "key \"x.deep\": arrays may be 8 deep; got deeper ones." },
        { "tensor_twice", "tensor \"blk.0.attn_k.weight\" is there twice." },
        { "version_0", "the version must be 2 or 3; got 0; convert the model again." },
        { "version_1", "the version must be 2 or 3; got 1; convert the model again." },
        { "version_99", "the version must be 2 or 3; got 99; convert the model again." },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void What_is_wrong_is_said(string file, string expected) =>
        Assert.Contains(expected, GgufFileTests.Refused(file));

    [Fact]
    public void No_damaged_file_is_left_out() => Assert.Equal(
        GgufFileTests.Verdict("refuse").Order(),
        Files.Select(row => row.Data.Item1)
            .Except(["alignment_24", "nested_arrays_deep"]).Order());

    [Fact]
    public void A_file_cut_short_anywhere_is_refused_and_named()
    {
        byte[] whole = File.ReadAllBytes(GgufFileTests.Odd("base.gguf"));
        using var folder = new TemporaryFolder();
        for (int length = 0; length < whole.Length; length += length < 1200 ? 1 : 97)
        {
            File.WriteAllBytes(folder["cut.gguf"], whole[..length]);
            Assert.StartsWith(
                $"GgufFile: {folder["cut.gguf"]}: ",
                Assert.Throws<InvalidDataException>(
                    () => GgufFile.Open(folder["cut.gguf"])).Message);
        }
    }

    [Fact]
    public void A_file_that_shrinks_after_it_was_opened_is_refused()
    {
        using var folder = new TemporaryFolder();
        File.Copy(GgufFileTests.Odd("base.gguf"), folder["a.gguf"]);
        File.SetAttributes(folder["a.gguf"], FileAttributes.Normal);
        using GgufFile gguf = GgufFile.Open(folder["a.gguf"]);
        using (var stream = new FileStream(
            folder["a.gguf"], FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            stream.SetLength(2000);
        }

        Assert.Contains(
            "the file was cut short while it was read",
            Assert.Throws<InvalidDataException>(
                () => gguf.ReadFloat("blk.0.ffn_down.weight")).Message);
        Assert.Contains(
            "the file was cut short while it was read",
            Assert.Throws<InvalidDataException>(
                () => gguf.Map("blk.0.ffn_down.weight", [8, 16])).Message);
    }
}
