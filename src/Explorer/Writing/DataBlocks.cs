using System.Numerics;
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
    private readonly Dictionary<string, PackedArray> _arrays = [];

    /// <summary>The arrays by name: type and number of values.</summary>
    public IReadOnlyDictionary<string, ArrayNote> Arrays => _arrays.ToDictionary(
        entry => entry.Key, entry => new ArrayNote(entry.Value.Type, entry.Value.Length));

    /// <summary>Adds an array.</summary>
    public void Add(string name, PackedArray array) => _arrays.Add(name, array);

    /// <summary>Writes one JSON element.</summary>
    public static void WriteJson(TextWriter writer, string id, object value) =>
        writer.Write(
            "<script type=\"application/json\" "
                + $"id=\"{id}\">{JsonSerializer.Serialize(value, PageJson.Options)}</script>\n");

    /// <summary>Writes the elements of all arrays.</summary>
    public void WriteArrays(TextWriter writer)
    {
        foreach ((string name, PackedArray array) in _arrays)
        {
            string base64 = Convert.ToBase64String(array.Bytes.Span);
            writer.Write($"<script type=\"text/plain\" id=\"vt-array-{name}\">{base64}</script>\n");
        }
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
            Converters =
            {
                new FiniteOrNull<double>((writer, value) => writer.WriteNumberValue(value)),
                new FiniteOrNull<float>((writer, value) => writer.WriteNumberValue(value)),
            },
        };

    private sealed class FiniteOrNull<T>(Action<Utf8JsonWriter, T> write) : JsonConverter<T>
        where T : INumberBase<T>
    {
        public override T Read(
            ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            throw new NotSupportedException("PageJson: pages are written, not read.");

        public override void Write(
            Utf8JsonWriter writer, T value, JsonSerializerOptions options)
        {
            if (T.IsFinite(value))
            {
                write(writer, value);
            }
            else
            {
                writer.WriteNullValue();
            }
        }
    }
}
