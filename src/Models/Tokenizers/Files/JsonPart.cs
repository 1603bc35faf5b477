using System.Text.Json;
using Vitrine.Models.Checkpoints;

namespace Vitrine.Models.Tokenizers.Files;

/// <summary>An object in a JSON file, whose fields are read by name; what is wrong is said with the
/// field's path.</summary>
internal readonly struct JsonPart
{
    private readonly JsonElement _json;

    public JsonPart(JsonElement json, string path)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidDataException(
                $"{(path.Length > 0 ? path : "it")} must be an object; got {json.Quoted()}.");
        }

        (_json, Path) = (json, path);
    }

    /// <summary>Where it stands in the file.</summary>
    public string Path { get; }

    /// <summary>The fields.</summary>
    public JsonElement.ObjectEnumerator Fields => _json.EnumerateObject();

    /// <summary>The number of fields.</summary>
    public int Count => _json.GetPropertyCount();

    /// <summary>What kind of component it is.</summary>
    public string Type => Text("type");

    /// <summary>A field's path.</summary>
    public string Field(string name) => JsonProblem.Field(Path, name);

    /// <summary>A field that may be absent or null.</summary>
    public JsonElement? Optional(string name) =>
        _json.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null
            ? value : null;

    /// <summary>A field that must be there.</summary>
    public JsonElement Required(string name) =>
        Optional(name) ?? throw new InvalidDataException($"{Field(name)} must be given.");

    /// <summary>An object in a field; null if absent.</summary>
    public JsonPart? OptionalPart(string name)
    {
        string path = Field(name);
        return Optional(name) is { } value ? new JsonPart(value, path) : null;
    }

    /// <summary>An object in a field.</summary>
    public JsonPart Part(string name) => new(Required(name), Field(name));

    /// <summary>A text.</summary>
    public string Text(string name) => TextOf(Required(name), Field(name));

    /// <summary>A text, or null if absent.</summary>
    public string? OptionalText(string name)
    {
        string path = Field(name);
        return Optional(name) is { } value ? TextOf(value, path) : null;
    }

    /// <summary>A text of one UTF-16 unit.</summary>
    public char Character(string name) => Text(name) is [char only] ? only
        : throw new InvalidDataException(
            $"{Field(name)} must be one character; got {Required(name).Quoted()}.");

    /// <summary>True or false, or a default.</summary>
    public bool Flag(string name, bool otherwise = false) => Optional(name) is not { } value
        ? otherwise : value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Wrong(name, "true or false", value),
        };

    /// <summary>A whole number in a range.</summary>
    public int Whole(string name, int least, int most, int? otherwise = null)
    {
        if (Optional(name) is not { } value && otherwise is { } missing)
        {
            return missing;
        }

        JsonElement given = Required(name);
        return given.ValueKind == JsonValueKind.Number && given.TryGetInt32(out int number)
            && number >= least && number <= most ? number
            : throw Wrong(name, $"a whole number from {least} to {most}", given);
    }

    /// <summary>The elements of a list.</summary>
    public JsonElement[] List(string name)
    {
        JsonElement value = Required(name);
        return value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray()] : throw Wrong(name, "a list", value);
    }

    /// <summary>The objects of a list.</summary>
    public IEnumerable<JsonPart> Parts(string name)
    {
        string path = Field(name);
        return List(name).Select((value, i) => new JsonPart(value, $"{path}[{i}]"));
    }

    /// <summary>Refuses a component that is not known.</summary>
    public InvalidDataException Unknown(string kind, string known) => new(
        $"{Field("type")}: a {kind} must be one of {known}; got {Required("type").Quoted()}.");

    /// <summary>A text that must be one.</summary>
    public static string TextOf(JsonElement value, string path) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()!
            : throw new InvalidDataException($"{path} must be a text; got {value.Quoted()}.");

    private InvalidDataException Wrong(string name, string rule, JsonElement value) => new(
        $"{Field(name)} must be {rule}; got {value.Quoted()}.");
}
