using System.Text;
using FsCheck.Xunit;
using Vitrine.Models.Checkpoints;
using Vitrine.Tensors;

namespace Vitrine.Models.Tests.Checkpoints;

public class SafeTensorsTests
{
    [Fact]
    public void An_empty_tensor_at_the_end_of_the_file_is_mapped()
    {
        using var folder = new TemporaryFolder();
        using Tensor<float> none = Tensor.Empty<float>([0, 5]);
        new SafeTensorsWriter().Add("none", none).Write(folder["a.safetensors"]);
        using SafeTensors file = SafeTensors.Open(folder["a.safetensors"]);
        using Weight mapped = file.Map("none", [0, 5]);
        Assert.Equal([0, 5], mapped.Shape);
    }

    [Fact]
    public void WhatIsWrittenIsReadBack()
    {
        using var folder = new TemporaryFolder();
        using Tensor<float> floats = Tensor.From<float>(
            [1.5f, -2, float.NaN, float.PositiveInfinity, 1e-40f, 0], [2, 3]);
        using Tensor<int> ints = Tensor.From(int.MinValue, 7, int.MaxValue);
        using Tensor<float> scalar = Tensor.From<float>([3.25f], []);
        using Tensor<float> none = Tensor.Empty<float>([0, 5]);
        var writer = new SafeTensorsWriter { Metadata = { ["step"] = "300",
            ["note"] = "a \"quoted\" é 日本" } };
        writer.Add("ints64", ints, ElementType.I64).Add("half", floats, ElementType.F16).Add(
            "floats", floats)
            .Add("double", floats, ElementType.F64).Add("ints", ints).Add("scalar", scalar).Add(
                "none", none);
        writer.Write(folder["a.safetensors"]);

        using SafeTensors file = SafeTensors.Open(folder["a.safetensors"], requireChecksum: true);
        Assert.Equal("300", file.Metadata["step"]);
        Assert.Equal("a \"quoted\" é 日本", file.Metadata["note"]);
        Assert.Equal(
            ["ints64", "double", "floats", "ints", "scalar", "none", "half"],
            file.Tensors.Select(t => t.Name));
        using Tensor<float> readFloats = file.ReadFloat("floats");
        using Tensor<float> readDouble = file.ReadFloat("double");
        using Tensor<float> readHalf = file.ReadFloat("half");
        using Tensor<float> readScalar = file.ReadFloat("scalar");
        using Tensor<float> readNone = file.ReadFloat("none");
        using Tensor<int> readInts = file.ReadInt("ints");
        using Tensor<int> readInts64 = file.ReadInt("ints64");
        Assert.Equal(Bits(floats), Bits(readFloats));
        Assert.Equal(floats.Shape, readFloats.Shape);
        Assert.Equal(floats.ToArray(), readDouble.ToArray());
        Assert.Equal(floats.ToArray().Select(x => (float)(Half)x), readHalf.ToArray());
        Assert.Equal([], readScalar.Shape);
        Assert.Equal(3.25f, readScalar.ToArray()[0]);
        Assert.Equal([0, 5], readNone.Shape);
        Assert.Equal(ints.ToArray(), readInts.ToArray());
        Assert.Equal(ints.ToArray(), readInts64.ToArray());
    }

    [Fact]
    public void ViewsAreWrittenInTheirOwnLayout()
    {
        using var folder = new TemporaryFolder();
        using Tensor<float> storage = Tensor.From<float>([0, 1, 2, 3, 4, 5], [3, 2]);
        new SafeTensorsWriter().Add("W_U", storage.Transpose()).Write(folder["a.safetensors"]);
        using SafeTensors file = SafeTensors.Open(folder["a.safetensors"]);
        using Tensor<float> read = file.ReadFloat("W_U");
        Assert.Equal([2, 3], read.Shape);
        Assert.Equal([0, 2, 4, 1, 3, 5], read.ToArray());

        using Tensor<float> back = Tensor.Zeros<float>([3, 2]);
        file.ReadInto("W_U", back.Transpose());
        Assert.Equal(storage.ToArray(), back.ToArray());
    }

    [Fact]
    public void TheBytesFollowTheFormat()
    {
        using var folder = new TemporaryFolder();
        using Tensor<float> tensor = Tensor.From(1f, 2f);
        new SafeTensorsWriter().Add("x", tensor).Write(folder["a.safetensors"]);
        byte[] bytes = File.ReadAllBytes(folder["a.safetensors"]);
        long length = BitConverter.ToInt64(bytes);
        string json = Encoding.ASCII.GetString(bytes, 8, (int)length);
        Assert.Equal(0, (8 + length) % 8);
        Assert.StartsWith("{\"__metadata__\":{\"vitrine.sha256\":\"", json);
        Assert.Matches(
            "\"x\":\\{\"dtype\":\"F32\",\"shape\":\\[2\\],\"data_offsets\":\\[0,8\\]\\}\\} *$",
            json);
        Assert.Equal([0, 0, 0x80, 0x3F, 0, 0, 0, 0x40], bytes[(8 + (int)length)..]);
    }

    [Property(MaxTest = 60)]
    public void RandomTensorsRoundTrip(float[][] tensors, byte shape, string?[] names)
    {
        using var folder = new TemporaryFolder();
        var writer = new SafeTensorsWriter();
        var written = new Dictionary<string, Tensor<float>>();
        for (int i = 0; i < tensors.Length; i++)
        {
            string name = $"{(i < names.Length ? names[i] : "")}.{i}";
            name = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(name));
            int columns = 1 + (shape % 3);
            int rows = tensors[i].Length / columns;
            written[name] = Tensor.From<float>(
                tensors[i].AsSpan(0, rows * columns), [rows, columns]);
            writer.Add(name, i % 2 == 0 ? written[name] : written[name].Transpose());
        }

        writer.Write(folder["a.safetensors"]);
        using SafeTensors file = SafeTensors.Open(folder["a.safetensors"], requireChecksum: true);
        Assert.Equal(written.Count, file.Tensors.Count);
        int number = 0;
        foreach ((string name, Tensor<float> tensor) in written)
        {
            using Tensor<float> read = file.ReadFloat(name);
            Assert.Equal(Bits(tensor), Bits(number++ % 2 == 0 ? read : read.Transpose()));
            tensor.Dispose();
        }
    }

    [Fact]
    public void BrainFloatsAreRead()
    {
        using var folder = new TemporaryFolder();
        Files.Write(
            folder["a.safetensors"],
            """{"x":{"dtype":"BF16","shape":[3],"data_offsets":[0,6]}}""",
            [0x80, 0x3F, 0x49, 0xC0, 0x80, 0x7F]);
        using SafeTensors file = SafeTensors.Open(folder["a.safetensors"]);
        using Tensor<float> read = file.ReadFloat("x");
        Assert.Equal([1f, -3.140625f, float.PositiveInfinity], read.ToArray());
    }

    [Fact]
    public void MistakesOfTheCallerAreNamed()
    {
        using var folder = new TemporaryFolder();
        using Tensor<float> tensor = Tensor.Zeros<float>([2, 3]);
        using Tensor<float> other = Tensor.Zeros<float>([3, 2]);
        SafeTensorsWriter writer = new SafeTensorsWriter().Add("x", tensor);
        Assert.Contains(
            "is taken", Assert.Throws<ArgumentException>(() => writer.Add("x", tensor)).Message);
        Assert.Throws<ArgumentException>(() => writer.Add("__metadata__", tensor));
        Assert.Contains(
            "cannot be written as I8",
            Assert.Throws<ArgumentException>(() => writer.Add("y", tensor, ElementType.I8))
                .Message);
        writer.Write(folder["a.safetensors"]);
        using SafeTensors file = SafeTensors.Open(folder["a.safetensors"]);
        Assert.Contains(
            "there is no tensor \"y\"; there are x",
            Assert.Throws<InvalidDataException>(() => file.ReadFloat("y")).Message);
        Assert.Contains(
            "x F32 [2, 3] cannot be read as int",
            Assert.Throws<InvalidDataException>(() => file.ReadInt("x")).Message);
        Assert.Contains(
            "\"x\" must be [3, 2]; the file has [2, 3]",
            Assert.Throws<InvalidDataException>(() => file.ReadInto("x", other)).Message);
        Assert.Throws<FileNotFoundException>(() => SafeTensors.Open(folder["b.safetensors"]));
    }

    [Fact]
    public void WholeNumbersBeyond32BitsAreRefused()
    {
        using var folder = new TemporaryFolder();
        Files.Write(
            folder["a.safetensors"],
            """{"x":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}""",
            BitConverter.GetBytes(1L << 40));
        using SafeTensors file = SafeTensors.Open(folder["a.safetensors"]);
        Assert.Contains(
            "beyond 32 bits", Assert.Throws<InvalidDataException>(() => file.ReadInt("x")).Message);
    }

    [Fact]
    public void StoredFilesOfOtherToolsAreRead()
    {
        string goldens = Repository.Shared("goldens");
        string[] files = Directory.GetFiles(goldens, "*.safetensors", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        foreach (string path in files)
        {
            using SafeTensors file = SafeTensors.Open(path);
            foreach (StoredTensor tensor in file.Tensors)
            {
                switch (tensor.Type)
                {
                    case ElementType.F16 or ElementType.BF16 or ElementType.F32 or ElementType.F64:
                        file.ReadFloat(tensor.Name).Dispose();
                        break;
                    case ElementType.I8 or ElementType.U8 or ElementType.I16 or ElementType.U16
                        or ElementType.I32 or ElementType.I64 or ElementType.BOOL:
                        file.ReadInt(tensor.Name).Dispose();
                        break;
                    default:
                        Assert.Fail($"{path}: {tensor}");
                        break;
                }
            }
        }
    }

    private static int[] Bits(Tensor<float> tensor) =>
        [.. tensor.ToArray().Select(BitConverter.SingleToInt32Bits)];
}
