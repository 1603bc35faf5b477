using System.Text.Json;

namespace Vitrine.Cli.Tests;

/// <summary>Shapes of JSON as docs/cli.md prints them.</summary>
internal sealed class DocumentedShape
{
    private readonly Dictionary<string, bool> _absent;

    private DocumentedShape(string[] absent) =>
        _absent = absent.ToDictionary(name => name, _ => false);

    /// <summary>Checks that JSON has the names and kinds of value, at every depth, of the first
    /// block that follows a mark in docs/cli.md: every entry of a list has the shape of a
    /// documented one, and every value of an object by head or layer that of the first.</summary>
    /// <param name="mark">What stands above the block.</param>
    /// <param name="actual">The JSON.</param>
    /// <param name="absent">The names of fields that are null, or of lists that are empty, here
    /// and not in the documentation, or the other way round; each must be.</param>
    public static void Check(string mark, JsonElement actual, params string[] absent)
    {
        string text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "cli.md"));
        int at = text.IndexOf(mark, StringComparison.Ordinal);
        Assert.True(at >= 0, $"docs/cli.md does not mention {mark}");
        int start = text.IndexOf("```json", at, StringComparison.Ordinal) + "```json".Length;
        int end = text.IndexOf("```", start, StringComparison.Ordinal);
        using JsonDocument documented = JsonDocument.Parse(text[start..end]);
        var shape = new DocumentedShape(absent);
        Assert.Null(shape.Difference(documented.RootElement, actual, mark, ""));
        Assert.All(shape._absent, field => Assert.True(
            field.Value, $"{mark}: {field.Key} is as documented; do not name it as absent"));
    }

    /// <summary>Where the shapes differ; null where they do not.</summary>
    private string? Difference(
        JsonElement documented, JsonElement actual, string path, string name)
    {
        if (IsEmpty(documented) != IsEmpty(actual))
        {
            if (_absent.ContainsKey(name))
            {
                _absent[name] = true;
                return null;
            }

            return $"{path} is documented as {documented.ValueKind}, not {actual.ValueKind}; "
                + $"one of them is null or empty: {documented} and {actual}";
        }

        if (Kind(documented) != Kind(actual))
        {
            return $"{path} is documented as {documented.ValueKind}, not {actual.ValueKind}";
        }

        return documented.ValueKind switch
        {
            JsonValueKind.Array => Entries(documented, actual, path, name),
            JsonValueKind.Object => Properties(documented, actual, path, name),
            _ => null,
        };
    }

    private string? Entries(JsonElement documented, JsonElement actual, string path, string name)
    {
        int i = 0;
        foreach (JsonElement entry in actual.EnumerateArray())
        {
            string?[] differences =
            [
                .. documented.EnumerateArray().Select(
                    one => Difference(one, entry, $"{path}[{i}]", name)),
            ];
            if (differences.Length > 0 && differences.All(one => one is not null))
            {
                return differences[0];
            }

            i++;
        }

        return null;
    }

    private string? Properties(
        JsonElement documented, JsonElement actual, string path, string name)
    {
        JsonProperty[] expected = [.. documented.EnumerateObject()];
        if (expected.All(property => char.IsAsciiDigit(property.Name[0])))
        {
            return actual.EnumerateObject().Select(property => Difference(
                expected[0].Value, property.Value, $"{path}.{property.Name}", name))
                .FirstOrDefault(one => one is not null);
        }

        string names = string.Join(", ", expected.Select(property => property.Name).Order());
        string found = string.Join(
            ", ", actual.EnumerateObject().Select(property => property.Name).Order());
        return names != found
            ? $"{path} is documented with {names}; it has {found}"
            : expected.Select(property => Difference(
                property.Value, actual.GetProperty(property.Name), $"{path}.{property.Name}",
                property.Name)).FirstOrDefault(one => one is not null);
    }

    private static bool IsEmpty(JsonElement value) =>
        value.ValueKind == JsonValueKind.Null
        || (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0)
        || (value.ValueKind == JsonValueKind.Object && !value.EnumerateObject().Any());

    private static JsonValueKind Kind(JsonElement value) =>
        value.ValueKind == JsonValueKind.False ? JsonValueKind.True : value.ValueKind;
}
