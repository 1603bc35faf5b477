using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vitrine.Explorer;

/// <summary>The elements of a page that carry data: JSON, and arrays as base64.</summary>
/// <remarks>
/// JSON goes through the default encoder, which writes <c>&lt;</c>, <c>&gt;</c>, <c>&amp;</c>,
/// quotes and everything outside ASCII as <c>\u….</c>; base64 has no such characters. So nothing
/// that the data holds can end its element. Arrays are little-endian on every machine.
/// </remarks>
internal sealed class DataBlocks
{
    private readonly Dictionary<string, (string Type, int Length, string Base64)> _arrays = [];

    /// <summary>The arrays by name: type and number of values.</summary>
    public IReadOnlyDictionary<string, ArrayNote> Arrays =>
        _arrays.ToDictionary(
            entry => entry.Key,
            entry => new ArrayNote(entry.Value.Type, entry.Value.Length));

    /// <summary>Adds an array and returns its name.</summary>
    public string Add(string name, ReadOnlySpan<float> values) =>
        Add(name, "float32", MemoryMarshal.AsBytes(values), values.Length);

    /// <inheritdoc cref="Add(string, ReadOnlySpan{float})"/>
    public string Add(string name, ReadOnlySpan<uint> values) =>
        Add(name, "uint32", MemoryMarshal.AsBytes(values), values.Length);

    /// <inheritdoc cref="Add(string, ReadOnlySpan{float})"/>
    public string Add(string name, ReadOnlySpan<sbyte> values) =>
        Add(name, "int8", MemoryMarshal.AsBytes(values), values.Length);

    /// <inheritdoc cref="Add(string, ReadOnlySpan{float})"/>
    public string Add(string name, ReadOnlySpan<byte> values) =>
        Add(name, "uint8", values, values.Length);

    /// <summary>Ids, counts: none negative.</summary>
    public string Add(string name, ReadOnlySpan<int> values) =>
        Add(name, MemoryMarshal.Cast<int, uint>(values));

    /// <summary>Adds an array that is bytes already.</summary>
    public string Add(string name, PackedArray array)
    {
        _arrays.Add(name, (array.Type, array.Length, Convert.ToBase64String(array.Bytes.Span)));
        return name;
    }

    /// <summary>Writes one JSON element.</summary>
    public static void WriteJson(TextWriter writer, string id, object value) =>
        writer.Write(
            "<script type=\"application/json\" "
                + $"id=\"{id}\">{JsonSerializer.Serialize(value, PageJson.Options)}</script>\n");

    /// <summary>Writes the elements of all arrays.</summary>
    public void WriteArrays(TextWriter writer)
    {
        foreach ((string name, (_, _, string base64)) in _arrays)
        {
            writer.Write($"<script type=\"text/plain\" id=\"vt-array-{name}\">{base64}</script>\n");
        }
    }

    private string Add(string name, string type, ReadOnlySpan<byte> bytes, int length)
    {
        int width = bytes.Length / Math.Max(1, length);
        if (!BitConverter.IsLittleEndian && width == 4)
        {
            byte[] swapped = bytes.ToArray();
            for (int i = 0; i < swapped.Length; i += width)
            {
                Array.Reverse(swapped, i, width);
            }

            bytes = swapped;
        }

        _arrays.Add(name, (type, length, Convert.ToBase64String(bytes)));
        return name;
    }
}

/// <summary>The type and the number of values of an array in the page.</summary>
internal sealed record ArrayNote(string Type, int Length);

/// <summary>How records become the JSON of a page.</summary>
internal static class PageJson
{
    /// <summary>Names in camel case; NaN and infinities as null, which no figure draws; properties
    /// that are null are left out.</summary>
    public static JsonSerializerOptions Options { get; } =
        new(JsonSerializerDefaults.Web)
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            Converters = { new FiniteOrNull(), new FiniteFloatOrNull() },
        };

    private sealed class FiniteOrNull : JsonConverter<double>
    {
        public override double Read(
            ref Utf8JsonReader reader,
            Type type,
            JsonSerializerOptions options) => reader.GetDouble();

        public override void Write(
            Utf8JsonWriter writer,
            double value,
            JsonSerializerOptions options)
        {
            if (double.IsFinite(value))
            {
                writer.WriteNumberValue(value);
            }
            else
            {
                writer.WriteNullValue();
            }
        }
    }
    private sealed class FiniteFloatOrNull : JsonConverter<float>
    {
        public override float Read(
            ref Utf8JsonReader reader,
            Type type,
            JsonSerializerOptions options) => reader.GetSingle();

        public override void Write(
            Utf8JsonWriter writer,
            float value,
            JsonSerializerOptions options)
        {
            if (float.IsFinite(value))
            {
                writer.WriteNumberValue(value);
            }
            else
            {
                writer.WriteNullValue();
            }
        }
    }
}
