using System.Text;
using Vitrine.Models.Tokenizers;

namespace Vitrine.Models.Tests.Tokenizers.Published;

/// <summary>The metadata of a GGUF file, as far as its tokenizer goes.</summary>
internal static class GgufMetadata
{
    /// <summary>What a file says of its tokenizer.</summary>
    public static GgufTokenizer Read(string path)
    {
        using var reader = new BinaryReader(File.OpenRead(path));
        Assert.Equal("GGUF"u8.ToArray(), reader.ReadBytes(4));
        reader.ReadUInt32();
        reader.ReadUInt64();
        ulong count = reader.ReadUInt64();
        var pairs = new Dictionary<string, object>();
        for (ulong i = 0; i < count; i++)
        {
            string key = Text(reader);
            pairs.Add(key, Value(reader, reader.ReadUInt32()));
        }

        int? Id(string name) => pairs.TryGetValue($"tokenizer.ggml.{name}", out object? value)
            ? Convert.ToInt32(value) : null;
        bool? Flag(string name) => pairs.TryGetValue($"tokenizer.ggml.{name}", out object? value)
            ? (bool)value : null;
        T[]? List<T>(string name) => pairs.TryGetValue($"tokenizer.ggml.{name}", out object? value)
            ? [.. ((object[])value).Select(one => (T)Convert.ChangeType(one, typeof(T)))] : null;
        return new GgufTokenizer
        {
            Model = (string)pairs["tokenizer.ggml.model"],
            Pre = pairs.GetValueOrDefault("tokenizer.ggml.pre") as string,
            Tokens = List<string>("tokens")!,
            Scores = List<float>("scores"),
            TokenTypes = List<int>("token_type"),
            Merges = List<string>("merges"),
            Special = new SpecialTokens(
                Id("bos_token_id"), Id("eos_token_id"), Id("padding_token_id"),
                Id("unknown_token_id")),
            AddBos = Flag("add_bos_token"),
            AddEos = Flag("add_eos_token"),
            AddSpacePrefix = Flag("add_space_prefix"),
            ChatTemplate = pairs.GetValueOrDefault("tokenizer.chat_template") as string,
        };
    }

    private static string Text(BinaryReader reader) =>
        Encoding.UTF8.GetString(reader.ReadBytes((int)reader.ReadUInt64()));

    private static object Value(BinaryReader reader, uint type) => type switch
    {
        0 => reader.ReadByte(),
        1 => reader.ReadSByte(),
        2 => reader.ReadUInt16(),
        3 => reader.ReadInt16(),
        4 => reader.ReadUInt32(),
        5 => reader.ReadInt32(),
        6 => reader.ReadSingle(),
        7 => reader.ReadByte() != 0,
        8 => Text(reader),
        9 => List(reader),
        10 => reader.ReadUInt64(),
        11 => reader.ReadInt64(),
        12 => reader.ReadDouble(),
        _ => throw new InvalidDataException($"type {type}"),
    };

    private static object[] List(BinaryReader reader)
    {
        uint type = reader.ReadUInt32();
        var list = new object[reader.ReadUInt64()];
        for (int i = 0; i < list.Length; i++)
        {
            list[i] = Value(reader, type);
        }

        return list;
    }
}
