using System.Text.Json;

namespace Vitrine.Cli.Tests;

/// <summary>Shapes of JSON as docs/cli.md prints them.</summary>
internal static class DocumentedShape
{
    /// <summary>Checks that JSON has the names, at every depth, of the first block that follows a
    /// mark in docs/cli.md. Lists are compared by their first entries; in an object by head or
    /// layer every value must have the shape of the first documented one.</summary>
    public static void Check(string mark, JsonElement actual)
    {
        string text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "cli.md"));
        int at = text.IndexOf(mark, StringComparison.Ordinal);
        Assert.True(at >= 0, $"docs/cli.md does not mention {mark}");
        int start = text.IndexOf("```json", at, StringComparison.Ordinal) + "```json".Length;
        int end = text.IndexOf("```", start, StringComparison.Ordinal);
        using JsonDocument documented = JsonDocument.Parse(text[start..end]);
        Same(documented.RootElement, actual, mark);
    }

    private static void Same(JsonElement documented, JsonElement actual, string path)
    {
        if (documented.ValueKind == JsonValueKind.Null || actual.ValueKind == JsonValueKind.Null)
        {
            return;
        }

        Assert.True(
            Kind(documented) == Kind(actual), $"{path} is documented as {documented.ValueKind}, "
                + $"not {actual.ValueKind}");
        if (documented.ValueKind == JsonValueKind.Array && documented.GetArrayLength() > 0
            && actual.GetArrayLength() > 0)
        {
            Same(documented[0], actual[0], $"{path}[0]");
        }
        else if (documented.ValueKind == JsonValueKind.Object)
        {
            JsonProperty[] expected = [.. documented.EnumerateObject()];
            if (expected.All(property => char.IsAsciiDigit(property.Name[0])))
            {
                foreach (JsonProperty property in actual.EnumerateObject())
                {
                    Same(expected[0].Value, property.Value, $"{path}.{property.Name}");
                }

                return;
            }

            Assert.Equal(
                expected.Select(property => property.Name).Order(),
                actual.EnumerateObject().Select(property => property.Name).Order());
            foreach (JsonProperty property in expected)
            {
                Same(property.Value, actual.GetProperty(property.Name), $"{path}.{property.Name}");
            }
        }
    }

    private static JsonValueKind Kind(JsonElement value) =>
        value.ValueKind == JsonValueKind.False ? JsonValueKind.True : value.ValueKind;
}
