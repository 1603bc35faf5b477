using Vitrine.Models.Checkpoints.Gguf;

namespace Vitrine.Models.Tests.Checkpoints.Gguf;

/// <summary>Metadata of every type, as the caller asks for it.</summary>
public class GgufMetadataTests
{
    [Fact]
    public void Values_are_read_as_what_they_are()
    {
        GgufMetadata metadata = Metadata("metadata_all_types");
        Assert.Equal("Grüße, 世界 🦙", metadata.Text("x.string"));
        Assert.Equal("", metadata.Text("x.empty"));
        Assert.True(metadata.Flag("x.true"));
        Assert.False(metadata.Flag("x.false"));
        Assert.Equal(200, metadata.Whole("x.u8"));
        Assert.Equal(-100, metadata.Whole("x.i8", least: -128));
        Assert.Equal(60_000, metadata.Whole("x.u16"));
        Assert.Equal(-30_000, metadata.Whole("x.i16", least: -30_000));
        Assert.Equal(4_000_000_000, metadata.Whole("x.u32", most: uint.MaxValue));
        Assert.Equal(-2_000_000_000, metadata.Whole("x.i32", least: int.MinValue));
        Assert.Equal(-1L << 62, metadata.Whole("x.i64", least: long.MinValue));
        Assert.Equal(0.1f, metadata.Number("x.f32"));
        Assert.Equal(0.1, metadata.Number("x.f64"));
        Assert.Equal(200, metadata.Number("x.u8"));
        Assert.Equal([200, 200], metadata.Wholes("x.array_u8"));
        Assert.Equal([0.1, 0.1], metadata.Numbers("x.array_f64"));
        Assert.Equal([double.NaN, double.NaN], metadata.Numbers("x.array_nan"));
        Assert.Equal([-100, -100], metadata.Numbers("x.array_i8"));
        Assert.Equal(["", ""], metadata.Texts("x.array_empty"));
        Assert.Empty(metadata.Texts("x.array_none"));
        Assert.Equal(5000, metadata.Wholes("x.array_long").Count);
        Assert.True(metadata.IsArray("x.array_long"));
        Assert.False(metadata.IsArray("x.u8"));
        Assert.Contains("x.array_long", metadata.Keys);
    }

    [Fact]
    public void A_missing_value_is_the_default_or_an_error()
    {
        GgufMetadata metadata = Metadata("base");
        Assert.False(metadata.Contains("x"));
        Assert.False(metadata.IsArray("x"));
        Assert.Equal("a", metadata.Text("x", "a"));
        Assert.Equal(-7, metadata.Whole("x", absent: -7));
        Assert.Equal(0.5, metadata.Number("x", absent: 0.5));
        Assert.True(metadata.Flag("x", true));
        Assert.Empty(metadata.Texts("x", []));
        Assert.Equal([3], metadata.Wholes("x", absent: [3]));
        Assert.Empty(metadata.Numbers("x", []));
        foreach (Action read in (Action[])
        [
            () => metadata.Text("x"), () => metadata.Whole("x"), () => metadata.Number("x"),
            () => metadata.Flag("x"), () => metadata.Texts("x"), () => metadata.Wholes("x"),
            () => metadata.Numbers("x"),
        ])
        {
            Assert.Contains("base.gguf: key \"x\" is missing.", Message(read));
        }
    }

    [Fact]
    public void Another_kind_or_range_is_an_error()
    {
        GgufMetadata metadata = Metadata("metadata_all_types");
        foreach ((Action read, string expected) in ((Action, string)[])
        [
            (() => metadata.Text("x.u8"), "key \"x.u8\" must be a text; got U8."),
            (() => metadata.Text("x.array_empty"), "must be a text; got 2 of Text."),
            (() => metadata.Flag("x.u8"), "must be a truth value; got U8."),
            (() => metadata.Whole("x.f32"), "must be a whole number; got F32."),
            (() => metadata.Whole("x.true"), "must be a whole number; got Bool."),
            (() => metadata.Whole("x.string"), "must be a whole number; got Text."),
            (() => metadata.Whole("x.array_u8"), "must be a whole number; got 2 of U8."),
            (() => metadata.Whole("x.i8"),
                "must be a whole number from 0 to 2147483647; got -100."),
            (() => metadata.Whole("x.u32"),
                "must be a whole number from 0 to 2147483647; got 4000000000."),
            (() => metadata.Whole("x.u64", most: long.MaxValue), "; got 9223372036854775813."),
            (() => metadata.Number("x.string"), "must be a number; got Text."),
            (() => metadata.Number("x.inf"), "must be a finite number; got Infinity."),
            (() => metadata.Number("x.nan"), "must be a finite number; got NaN."),
            (() => metadata.Number("x.u8", 0, 1), "must be a number from 0 to 1; got 200."),
            (() => metadata.Texts("x.string"), "must be an array of texts; got Text."),
            (() => metadata.Texts("x.array_u8"), "must be an array of texts; got 2 of U8."),
            (() => metadata.Wholes("x.array_f32"),
                "must be an array of whole numbers; got 2 of F32."),
            (() => metadata.Wholes("x.array_i8"), "from 0 to 2147483647; got -100."),
            (() => metadata.Numbers("x.array_empty"),
                "must be an array of numbers; got 2 of Text."),
            (() => Metadata("metadata_nested_arrays").Wholes("x.nested"), "got 3 of Array."),
            (() => Metadata("bool_2").Flag("x.b"), "key \"x.b\" must be 0 or 1; got 2."),
        ])
        {
            Assert.Contains(expected, Message(read));
        }
    }

    [Fact]
    public void Bytes_that_are_no_text_and_nul_are_kept_as_characters()
    {
        GgufMetadata metadata = Metadata("string_invalid_utf8");
        Assert.Equal("ab\uFFFD\uFFFD(\uFFFD", metadata.Text("x.bad"));
        Assert.Equal(["\uFFFD", "ok"], metadata.Texts("x.bad_list"));
        GgufMetadata nul = Metadata("string_nul");
        Assert.Equal("a\0b", nul.Text("x.nul"));
        Assert.Equal(["\0", "x\0"], nul.Texts("x.nul_list"));
    }

    private static GgufMetadata Metadata(string file)
    {
        using GgufFile gguf = GgufFile.Open(GgufFileTests.Odd(file + ".gguf"));
        return gguf.Metadata;
    }

    private static string Message(Action read) =>
        Assert.Throws<InvalidDataException>(read).Message;
}
