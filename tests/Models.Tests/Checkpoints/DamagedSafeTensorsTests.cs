using FsCheck.Xunit;
using Vitrine.Models.Checkpoints;
using Vitrine.Tensors;

namespace Vitrine.Models.Tests.Checkpoints;

public class DamagedSafeTensorsTests
{
    private static readonly byte[] Good = MakeGood();

    [Theory]
    [InlineData("", 0, "2 … 100000000 bytes; its length is given as 0")]
    [InlineData("[]", 0, "the header: it must be of kind Object; got []")]
    [InlineData("{\"", 0, "the header: it must be JSON")]
    [InlineData("{\"x\":1}", 0, "\"x\" must be of kind Object; got 1")]
    [InlineData("{\"x\":{}}", 0, "\"x\": dtype is missing")]
    [InlineData("{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
        + "\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", 8,
        "Duplicate property 'x'")]
    [InlineData("{\"x\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[1],"
        + "\"data_offsets\":[0,4]}}", 4,
        "Duplicate property 'dtype'")]
    [InlineData("{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", 4,
        "[2] of F32 takes 8 bytes; data_offsets give 4")]
    [InlineData("{\"x\":{\"dtype\":\"F32\",\"shape\":[1000000000000,1000000000000],"
        + "\"data_offsets\":[0,4]}}", 4,
        "takes over 2^63 bytes")]
    [InlineData("{\"x\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", 4,
        "whole numbers from 0; got -1")]
    [InlineData("{\"x\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,4]}}", 4,
        "whole numbers from 0; got 1.5")]
    [InlineData("{\"x\":{\"dtype\":\"F32\",\"shape\":[\"1\"],\"data_offsets\":[0,4]}}", 4,
        "whole numbers from 0; got \"1\"")]
    [InlineData("{\"x\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],"
        + "\"data_offsets\":[0,4]}}", 4,
        "whole numbers from 0; got 99999999999999999999")]
    [InlineData("{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}", 4,
        "data_offsets are [begin, end]; got [4, 0]")]
    [InlineData("{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}", 4,
        "data_offsets are [begin, end]; got [0]")]
    [InlineData("{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", 8,
        "after a hole")]
    [InlineData("{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
        + "\"y\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", 8,
        "inside another")]
    [InlineData("{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 4,
        "it was cut short")]
    [InlineData("{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 5,
        "something follows them")]
    [InlineData("{\"__metadata__\":{\"a\":1}}", 0, "metadata \"a\" must be of kind String; got 1")]
    [InlineData("{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}", 0,
        "Duplicate property 'a'")]
    [InlineData("{\"__metadata__\":{\"a\":\"\\ud800\"}}", 0, "half of a surrogate pair")]
    public void LyingHeadersAreRefused(string header, int dataLength, string expected)
    {
        using var folder = new TemporaryFolder();
        Files.Write(folder["a.safetensors"], header, new byte[dataLength]);
        var failure = Assert.Throws<InvalidDataException>(
            () => SafeTensors.Open(folder["a.safetensors"]));
        Assert.StartsWith("SafeTensors: ", failure.Message);
        Assert.Contains(expected, failure.Message);
    }

    [Theory]
    [InlineData("C64", 8)]
    [InlineData("F8_E8M0", 1)]
    [InlineData("F4", 1)]
    [InlineData("f32", 4)]
    [InlineData("Other", 4)]
    [InlineData("11", 4)]
    public void ATensorOfAnUnknownTypeIsRefusedWhenItIsAskedFor(string type, int length)
    {
        using var folder = new TemporaryFolder();
        Files.Write(
            folder["a.safetensors"],
            $"{{\"odd\":{{\"dtype\":\"{type}\",\"shape\":[1],\"data_offsets\":[4,{4 + length}]}},"
            + "\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
            new byte[4 + length]);
        using SafeTensors file = SafeTensors.Open(folder["a.safetensors"]);
        using Tensor<float> x = file.ReadFloat("x");
        Assert.Equal(0, x[0]);
        Assert.Equal($"odd {type} [1]", file.Tensors[0].ToString());
        Assert.Contains($"odd {type} [1] has an unsupported type; supported types are BOOL",
            Assert.Throws<InvalidDataException>(() => file.ReadFloat("odd")).Message);
        Assert.Throws<InvalidDataException>(() => file.Map("odd", [1]));
    }

    [Fact]
    public void HeadersThatAreNoTextAreRefused()
    {
        using var folder = new TemporaryFolder();
        Files.Write(
            folder["a.safetensors"],
            [(byte)'{', (byte)'"', 0xFF, 0xFE, (byte)'"', (byte)':', (byte)'}'], []);
        Assert.Contains("UTF-8", Refusal(folder["a.safetensors"]));
        Files.Write(folder["a.safetensors"], new string('[', 100_000), []);
        Assert.Contains("JSON", Refusal(folder["a.safetensors"]));
    }

    [Theory]
    [InlineData(new byte[0], "at least 8 bytes; got 0")]
    [InlineData(new byte[] { 1, 2, 3 }, "at least 8 bytes; got 3")]
    [InlineData(new byte[] { 9, 0, 0, 0, 0, 0, 0, 0, 123, 125 }, "its length is given as 9")]
    [InlineData(new byte[] { 255, 255, 255, 255, 255, 255, 255, 255, 123, 125 },
        "its length is given as 18446744073709551615")]
    [InlineData(new byte[] { 1, 0, 0, 0, 0, 0, 0, 0, 123 }, "its length is given as 1")]
    public void LengthsThatLieAreRefused(byte[] content, string expected)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["a.safetensors"], content);
        Assert.Contains(expected, Refusal(folder["a.safetensors"]));
    }

    [Fact]
    public void HugeHeadersAreRefusedUnread()
    {
        using var folder = new TemporaryFolder();
        using (FileStream file = File.Create(folder["a.safetensors"]))
        {
            file.Write(BitConverter.GetBytes(100_000_001L));
            file.SetLength(100_000_009);
        }

        Assert.Contains(
            "100000000 bytes; its length is given as 100000001", Refusal(folder["a.safetensors"]));
    }

    [Property(MaxTest = 300)]
    public void AChangedByteIsFound(int position, byte value)
    {
        int at = (position & int.MaxValue) % Good.Length;
        if (Good[at] == value)
        {
            return;
        }

        using var folder = new TemporaryFolder();
        byte[] changed = [.. Good];
        changed[at] = value;
        File.WriteAllBytes(folder["a.safetensors"], changed);
        Refusal(folder["a.safetensors"], requireChecksum: true);
    }

    [Fact]
    public void EveryChangedBitOfTheHeaderIsFound()
    {
        using var folder = new TemporaryFolder();
        for (int bit = 0; bit < 8 * 300; bit++)
        {
            byte[] changed = [.. Good];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(folder["a.safetensors"], changed);
            Refusal(folder["a.safetensors"], requireChecksum: true);
        }
    }

    [Property(MaxTest = 100)]
    public void ATruncatedFileIsRefusedEvenWithoutChecksum(int length)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(
            folder["a.safetensors"], Good[..((length & int.MaxValue) % Good.Length)]);
        Refusal(folder["a.safetensors"]);
    }

    [Property(MaxTest = 200)]
    public void RandomBytesAreRefused(byte[] content)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["a.safetensors"], content);
        Refusal(folder["a.safetensors"]);
    }

    [Property(MaxTest = 200)]
    public void RandomHeadersAreReadOrRefused(string? header, byte[] data)
    {
        using var folder = new TemporaryFolder();
        Files.Write(folder["a.safetensors"], "{" + header + "}", data);
        try
        {
            SafeTensors.Open(folder["a.safetensors"]).Dispose();
        }
        catch (InvalidDataException)
        {
        }
    }

    [Fact]
    public void AFileThatShrinksWhileOpenIsNamed()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["a.safetensors"], Good);
        using SafeTensors file = SafeTensors.Open(folder["a.safetensors"]);
        Assert.SkipWhen(OperatingSystem.IsWindows(), "an open file cannot be cut on Windows");
        using (FileStream cut = new(
            folder["a.safetensors"], FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            cut.SetLength(Good.Length - 4);
        }

        Shape shape = [.. file.Tensors.First(one => one.Name == "x").Shape.Select(n => (int)n)];
        foreach (Action read in (Action[])[
            () => file.ReadFloat("x"), () => file.Map("x", shape)])
        {
            Assert.Contains("cut short", Assert.Throws<InvalidDataException>(read).Message);
        }
    }

    private static string Refusal(string path, bool requireChecksum = false) =>
        Assert.Throws<InvalidDataException>(() => SafeTensors.Open(path, requireChecksum).Dispose())
            .Message;

    private static byte[] MakeGood()
    {
        using Tensor<float> tensor = Tensor.Full<float>([8, 16], 1.25f);
        using var stream = new MemoryStream();
        var writer = new SafeTensorsWriter { Metadata = { ["step"] = "300" } };
        writer.Add("x", tensor).Write(stream);
        return stream.ToArray();
    }
}
