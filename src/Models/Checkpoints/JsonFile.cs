using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;

namespace Vitrine.Models.Checkpoints;

/// <summary>Reads JSON, whichever file it is from: what is wrong is an
/// <see cref="InvalidDataException"/> that names file, field and rule.</summary>
/// <remarks>Refused everywhere: bytes that are no UTF-8, half of a surrogate pair, a key given
/// twice, null in a list. What else a field may be says its type (<see cref="As"/>).</remarks>
internal static class JsonFile
{
    private static readonly JsonDocumentOptions Options = new()
    {
        AllowDuplicateProperties = false,
    };

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="read">Makes the result of the root.</param>
    /// <exception cref="InvalidDataException">It is damaged or not of the expected
    /// form.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static T Read<T>(string path, Func<JsonElement, T> read) =>
        Parse(path, InputFile.ReadAllBytes(path), read);

    /// <inheritdoc cref="Parse{T}(string, ReadOnlyMemory{byte}, Func{JsonElement, T})"/>
    public static T Parse<T>(string name, string text, Func<JsonElement, T> read) =>
        Parse(name, Encoding.UTF8.GetBytes(text), read);

    /// <summary>Reads a text.</summary>
    /// <param name="name">The start of messages: the file, or a description of the text.</param>
    /// <param name="json">The text in UTF-8.</param>
    /// <param name="read">Makes the result of the root.</param>
    /// <exception cref="InvalidDataException">It is damaged or not of the expected
    /// form.</exception>
    public static T Parse<T>(string name, ReadOnlyMemory<byte> json, Func<JsonElement, T> read)
    {
        try
        {
            using JsonDocument document = Document(json);
            return read(document.RootElement);
        }
        catch (InvalidDataException problem)
        {
            throw new InvalidDataException(
                $"{PrintableText.Escape(name)}: {problem.Message}", problem);
        }
    }

    /// <summary>An element as an object of a type, none of whose fields is null unless it may be,
    /// and all of which are given unless they have a default.</summary>
    /// <exception cref="InvalidDataException">It is not; the message begins with the
    /// field.</exception>
    public static T As<T>(this JsonElement json, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return json.Deserialize(type)
                ?? throw new InvalidDataException("it must be an object; got null.");
        }
        catch (JsonException problem)
        {
            throw new InvalidDataException(JsonProblem.Of(problem, json, type), problem);
        }
    }

    /// <summary>A value as a message quotes it.</summary>
    public static string Quoted(this JsonElement value) =>
        PrintableText.Value(value.GetRawText());

    private static JsonDocument Document(ReadOnlyMemory<byte> json)
    {
        ReadOnlySpan<byte> mark = [0xEF, 0xBB, 0xBF];
        json = json.Span.StartsWith(mark) ? json[mark.Length..] : json;
        if (!Utf8.IsValid(json.Span))
        {
            throw new InvalidDataException("JSON must be UTF-8; got other bytes.");
        }

        JsonDocument? document = null;
        try
        {
            document = JsonDocument.Parse(json, Options);
            Check(document.RootElement, "", json.Span.Contains((byte)'\\'));
            return document;
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException
            or InvalidDataException)
        {
            document?.Dispose();
            throw problem as InvalidDataException ?? new InvalidDataException(
                problem is JsonException
                    ? $"it must be JSON; {PrintableText.Value(problem.Message)}"
                    : "text must be well-formed; got half of a surrogate pair.",
                problem);
        }
    }

    /// <summary>Looks at every list for null, and at every text that may be malformed.</summary>
    private static void Check(JsonElement json, string field, bool escapes)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (JsonProperty property in json.EnumerateObject())
                {
                    Check(property.Value, JsonProblem.Field(field, property.Name), escapes);
                }

                break;
            case JsonValueKind.Array:
                int index = 0;
                foreach (JsonElement element in json.EnumerateArray())
                {
                    if (element.ValueKind == JsonValueKind.Null)
                    {
                        throw new InvalidDataException(
                            $"{PrintableText.Value($"{field}[{index}]")}: a list has no null.");
                    }

                    Check(element, element.ValueKind is JsonValueKind.Object or JsonValueKind.Array
                        ? $"{field}[{index}]" : field, escapes);
                    index++;
                }

                break;
            case JsonValueKind.String when escapes:
                json.GetString();
                break;
        }
    }
}
