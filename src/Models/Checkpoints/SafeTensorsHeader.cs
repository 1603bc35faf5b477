using System.Buffers.Binary;
using System.Text.Json;

namespace Vitrine.Models.Checkpoints;

/// <summary>The header of a safetensors file, checked in full before anything is
/// believed.</summary>
/// <remarks>
/// Eight bytes hold the header's length N, little-endian; N bytes of JSON name each tensor's
/// <c>dtype</c>, <c>shape</c> and <c>data_offsets</c> [begin, end), counted from the header's end;
/// the tensors fill the rest of the file without holes. <c>__metadata__</c> maps text to text.
/// </remarks>
internal sealed class SafeTensorsHeader
{
    public const int PrefixLength = 8;
    public const int LongestHeader = 100_000_000;
    public const string MetadataKey = "__metadata__";

    private readonly string _path;

    private SafeTensorsHeader(string path, long dataStart)
    {
        _path = path;
        DataStart = dataStart;
    }

    public long DataStart { get; }

    public List<StoredTensor> Tensors { get; } = [];

    public Dictionary<string, string> Metadata { get; } = [];

    /// <summary>The length of the JSON, from the first eight bytes.</summary>
    public static int Length(string path, ReadOnlySpan<byte> prefix, long fileLength)
    {
        if (prefix.Length < PrefixLength)
        {
            throw Wrong(
                path,
                $"a file has at least {PrefixLength} bytes; got {fileLength}; it was cut short.");
        }

        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > (ulong)(fileLength - PrefixLength))
        {
            throw Wrong(
                path,
                $"the header must fit in the file of {fileLength} bytes; its length is given as "
                + $"{length}; the file was cut short, or is not a safetensors file.");
        }

        return length is >= 2 and <= LongestHeader
            ? (int)length
            : throw Wrong(
                path, $"a header has 2 … {LongestHeader} bytes; its length is given as {length}.");
    }

    public static SafeTensorsHeader Parse(string path, ReadOnlyMemory<byte> json, long fileLength)
    {
        var header = new SafeTensorsHeader(path, PrefixLength + json.Length);
        JsonFile.Parse($"SafeTensors: {path}: the header", json, header.ReadEntries);
        header.CheckOffsets(fileLength);
        return header;
    }

    public static InvalidDataException Wrong(string path, string what) => new(
        $"SafeTensors: {PrintableText.Escape(path)}: {what}");

    private SafeTensorsHeader ReadEntries(JsonElement root)
    {
        Require("it", root, JsonValueKind.Object);
        foreach (JsonProperty entry in root.EnumerateObject())
        {
            Require(Quoted(entry.Name), entry.Value, JsonValueKind.Object);
            if (entry.Name == MetadataKey)
            {
                ReadMetadata(entry.Value);
            }
            else
            {
                Tensors.Add(ReadTensor(entry.Name, entry.Value));
            }
        }

        return this;
    }

    private static string Quoted(string name) => $"\"{PrintableText.Value(name)}\"";

    private static void Require(string what, JsonElement value, JsonValueKind kind)
    {
        if (value.ValueKind != kind)
        {
            throw new InvalidDataException($"{what} must be of kind {kind}; got {value.Quoted()}.");
        }
    }

    private void ReadMetadata(JsonElement metadata)
    {
        foreach (JsonProperty entry in metadata.EnumerateObject())
        {
            Require($"metadata {Quoted(entry.Name)}", entry.Value, JsonValueKind.String);
            Metadata.Add(entry.Name, entry.Value.GetString()!);
        }
    }

    private StoredTensor ReadTensor(string name, JsonElement entry)
    {
        string type = Part(name, entry, "dtype", JsonValueKind.String).GetString()!;
        ElementType elements = ElementTypes.Parse(type);
        long[] shape = Numbers(name, Part(name, entry, "shape", JsonValueKind.Array));
        long[] offsets = Numbers(name, Part(name, entry, "data_offsets", JsonValueKind.Array));
        if (offsets.Length != 2 || offsets[1] < offsets[0])
        {
            throw new InvalidDataException(
                $"{Quoted(name)}: data_offsets are [begin, end]; got "
                + $"{PrintableText.Value($"[{string.Join(", ", offsets)}]")}.");
        }

        long length = offsets[1] - offsets[0];
        var tensor = new StoredTensor(name, elements, shape, offsets[0], length)
        {
            TypeName = type,
        };
        if (elements != ElementType.Other && ByteCount(tensor) != length)
        {
            throw new InvalidDataException(
                $"{Quoted(name)}: {tensor.ShapeText} of {type} takes "
                + $"{ByteCount(tensor)?.ToString() ?? "over 2^63"} bytes; data_offsets give "
                + $"{length}.");
        }

        return tensor with { Offset = DataStart + offsets[0] };
    }

    private static JsonElement Part(
        string name, JsonElement entry, string part, JsonValueKind kind)
    {
        if (!entry.TryGetProperty(part, out JsonElement value))
        {
            throw new InvalidDataException($"{Quoted(name)}: {part} is missing.");
        }

        Require($"{Quoted(name)}: {part}", value, kind);
        return value;
    }

    private static long[] Numbers(string name, JsonElement array)
    {
        var numbers = new long[array.GetArrayLength()];
        int count = 0;
        foreach (JsonElement element in array.EnumerateArray())
        {
            // A bound of 2^60 keeps every later sum inside 64 bits.
            if (element.ValueKind != JsonValueKind.Number
                || !element.TryGetInt64(out numbers[count])
                || numbers[count++] is < 0 or > 1L << 60)
            {
                throw new InvalidDataException(
                    $"{Quoted(name)}: sizes and offsets are whole numbers from 0; got "
                    + $"{element.Quoted()}.");
            }
        }

        return numbers;
    }

    private static long? ByteCount(StoredTensor tensor)
    {
        Int128 count = tensor.Type.Size();
        foreach (long length in tensor.Shape)
        {
            count *= length;
            if (count > long.MaxValue)
            {
                return null;
            }
        }

        return (long)count;
    }

    private void CheckOffsets(long fileLength)
    {
        long end = DataStart;
        foreach (StoredTensor tensor in Tensors
            .OrderBy(tensor => tensor.Offset)
            .ThenBy(tensor => tensor.Length))
        {
            if (tensor.Offset != end)
            {
                throw Wrong(
                    _path,
                    $"tensors lie one after the other; {Quoted(tensor.Name)} begins at byte "
                    + $"{tensor.Offset}, "
                    + (tensor.Offset < end ? "inside another that ends" : "after a hole from")
                    + $" {end}.");
            }

            end += tensor.Length;
        }

        if (end != fileLength)
        {
            throw Wrong(
                _path,
                $"the tensors end at byte {end}; the file has {fileLength}; "
                + (end > fileLength ? "it was cut short." : "something follows them."));
        }
    }
}
