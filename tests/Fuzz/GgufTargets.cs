using System.Text;
using Vitrine.Models.Checkpoints.Gguf;
using Vitrine.Tensors;

namespace Vitrine.Fuzz;

/// <summary>Small GGUF files, and what is read of them: everything, each way it can be.</summary>
internal static class GgufTargets
{
    /// <summary>Makes the files in a folder: one with metadata and tensors of every type, one in
    /// two parts.</summary>
    public static IReadOnlyList<Target> In(string folder)
    {
        string whole = Path.Combine(folder, "whole.gguf");
        Write(whole, AllValues, [.. BlockFormat.All.Select(format => (
            format.Name, (uint)format.GgufType, format.ValuesPerBlock, format.BytesPerBlock))]);
        string first = Path.Combine(folder, "two-00001-of-00002.gguf");
        string second = Path.Combine(folder, "two-00002-of-00002.gguf");
        Write(first, writer => Split(writer, 0), [("F32", 0, 8, 32), ("F16", 1, 8, 16)]);
        Write(second, writer => Split(writer, 1), [("I32", 26, 8, 32), ("BF16", 30, 8, 16)]);
        return
        [
            new("gguf", whole, Form.Binary, () => Read(whole)),
            new("gguf-first", first, Form.Binary, () => Read(first)),
            new("gguf-second", second, Form.Binary, () => Read(first)),
        ];
    }

    /// <summary>Files of another folder, copied, for as long as they are refused or whole.</summary>
    public static IEnumerable<Target> CopiedFrom(string? source, string folder)
    {
        string copies = Directory.CreateDirectory(Path.Combine(folder, "copies")).FullName;
        string[] files = source is null ? [] : Directory.GetFiles(source, "*.gguf");
        foreach (string file in files.Order())
        {
            string copy = Path.Combine(copies, Path.GetFileName(file));
            File.WriteAllBytes(copy, File.ReadAllBytes(file));
            yield return new Target(
                Path.GetFileName(file), copy, Form.Binary, () => Named(copies, () => Read(copy)));
        }
    }

    private static void Read(string path)
    {
        string folder = Path.GetDirectoryName(path)!;
        using GgufFile file = GgufFile.Open(path);
        GgufMetadata metadata = file.Metadata;
        foreach (string key in metadata.Keys)
        {
            Named(folder, () => metadata.Text(key));
            Named(folder, () => metadata.Flag(key));
            Named(folder, () => metadata.Whole(key));
            Named(folder, () => metadata.Number(key));
            Named(folder, () => metadata.Texts(key));
            Named(folder, () => metadata.Wholes(key, long.MinValue, long.MaxValue));
            Named(folder, () => metadata.Numbers(key));
        }

        foreach (GgufTensor tensor in file.Tensors)
        {
            Named(folder, () => file.ReadFloat(tensor.Name).Dispose());
            Named(folder, () => file.ReadInt(tensor.Name).Dispose());
            Named(folder, () =>
            {
                Shape shape = Shape.Create(
                    [.. tensor.Shape.Select(length => (int)Math.Min(length, int.MaxValue))]);
                using Weight weight = file.Map(tensor.Name, shape);
                (shape.Rank == 0 ? weight : weight.Transpose(0, -1)).ToFloat32().Dispose();
            });
        }
    }

    /// <summary>Goes on after an error that is documented: it names the file.</summary>
    private static void Named(string folder, Action read)
    {
        try
        {
            read();
        }
        catch (InvalidDataException refused) when (
            refused.Message.Contains(folder, StringComparison.Ordinal))
        {
        }
    }

    private static void AllValues(BinaryWriter writer)
    {
        // Numbers of 1, 2, 4 and 8 bytes, alone and in arrays; texts; arrays in arrays.
        (uint Type, int Size)[] types =
        [
            (0, 1), (1, 1), (2, 2), (3, 2), (4, 4), (5, 4), (6, 4), (7, 1), (10, 8), (11, 8),
            (12, 8),
        ];
        writer.Write((ulong)(types.Length * 2) + 4);
        foreach ((uint type, int size) in types)
        {
            Text(writer, $"alone.{type}");
            writer.Write(type);
            writer.Write(new byte[size]);
            Text(writer, $"array.{type}");
            writer.Write(9);
            writer.Write(type);
            writer.Write(3UL);
            writer.Write(new byte[3 * size]);
        }

        Text(writer, "general.architecture");
        writer.Write(8);
        Text(writer, "llama");
        Text(writer, "general.alignment");
        writer.Write(4);
        writer.Write(32);
        Text(writer, "tokens");
        writer.Write(9);
        writer.Write(8);
        writer.Write(2UL);
        Text(writer, "漢字");
        Text(writer, "");
        Text(writer, "nested");
        writer.Write(9);
        writer.Write(9);
        writer.Write(1UL);
        writer.Write(0);
        writer.Write(2UL);
        writer.Write((short)7);
    }

    private static void Split(BinaryWriter writer, int number)
    {
        writer.Write(3UL);
        foreach ((string key, int value) in ((string, int)[])
            [("split.no", number), ("split.count", 2), ("split.tensors.count", 4)])
        {
            Text(writer, key);
            writer.Write(5);
            writer.Write(value);
        }
    }

    /// <summary>Two rows of one block for each tensor.</summary>
    private static void Write(
        string path, Action<BinaryWriter> metadata,
        (string Name, uint Type, int Values, int Bytes)[] tensors)
    {
        using var writer = new BinaryWriter(File.Create(path));
        writer.Write("GGUF"u8);
        writer.Write(3);
        writer.Write((ulong)tensors.Length);
        metadata(writer);
        ulong offset = 0;
        foreach ((string name, uint type, int values, int bytes) in tensors)
        {
            Text(writer, name);
            writer.Write(2);
            writer.Write((ulong)values);
            writer.Write(2UL);
            writer.Write(type);
            writer.Write(offset);
            offset += (ulong)((2 * bytes) + 31) / 32 * 32;
        }

        writer.Write(new byte[(32 - (writer.BaseStream.Position % 32)) % 32]);
        var data = new byte[offset];
        new Random(1).NextBytes(data);
        writer.Write(data);
    }

    private static void Text(BinaryWriter writer, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((ulong)bytes.Length);
        writer.Write(bytes);
    }
}
