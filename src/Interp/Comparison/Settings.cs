using System.Text.Json;
using Vitrine.Models;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Training;

namespace Vitrine.Interp.Comparison;

/// <summary>A setting that differs.</summary>
/// <param name="Setting">Its place in <c>config.json</c> or <c>run.json</c>:
/// <c>model.layers</c>, <c>recipe.seed</c>.</param>
/// <param name="First">Its value; null where there is none.</param>
/// <param name="Second">Its value in the second model.</param>
internal sealed record SettingDifference(string Setting, string? First, string? Second);

/// <summary>In what two models were made differently.</summary>
internal static class Settings
{
    private const string Between = "; ";

    /// <summary>What differs, shapes first; recipes only where both are known.</summary>
    public static IReadOnlyList<SettingDifference> Differences(Subject first, Subject second)
    {
        Dictionary<string, string> one = Of(first, out bool oneKnown);
        Dictionary<string, string> other = Of(second, out bool otherKnown);
        return
        [
            .. from setting in one.Keys.Union(other.Keys)
               where (oneKnown && otherKnown)
                   || setting.StartsWith("model.", StringComparison.Ordinal)
               let a = one.GetValueOrDefault(setting)
               let b = other.GetValueOrDefault(setting)
               where a != b
               select new SettingDifference(setting, Beside(a, b), Beside(b, a)),
        ];
    }

    /// <summary>A value, of a list the entries that the other has not.</summary>
    private static string? Beside(string? value, string? other)
    {
        if (value is null || other is null || !value.Contains(Between, StringComparison.Ordinal))
        {
            return value;
        }

        string[] own = [.. value.Split(Between).Except(other.Split(Between))];
        return own.Length == 0 ? null : string.Join(Between, own);
    }

    private static Dictionary<string, string> Of(Subject subject, out bool known)
    {
        var settings = new Dictionary<string, string>();
        Add(subject.Model.Config.ToJson(), "model", settings);
        using RunFolder folder = RunFolder.Open(subject.Path);
        known = File.Exists(folder[RunFolder.NotesFile]);
        if (known)
        {
            RunNotes notes = RunNotes.Read(folder);
            Add(notes.Recipe.ToJson(), "recipe", settings);
            if (notes.TextDigest is { } digest)
            {
                settings["text"] = $"{Path.GetFileName(notes.Text) ?? "shipped"} ({digest[..8]})";
            }

            if (notes.Commit is { } commit)
            {
                settings["commit"] = commit;
            }
        }

        return settings;
    }

    /// <summary>An entry of a list in one line: <c>steps 300, share 0.5</c>.</summary>
    private static string Entry(JsonElement entry) => entry.ValueKind != JsonValueKind.Object
        ? entry.ToString()
        : string.Join(
            ", ",
            entry.EnumerateObject().Where(one => one.Value.ValueKind != JsonValueKind.Null)
                .Select(one => $"{one.Name} {one.Value}"));

    private static void Add(string json, string name, Dictionary<string, string> settings)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        Add(document.RootElement, name);

        void Add(JsonElement value, string path)
        {
            switch (value.ValueKind)
            {
                case JsonValueKind.Object:
                    foreach (JsonProperty one in value.EnumerateObject())
                    {
                        Add(one.Value, $"{path}.{one.Name}");
                    }

                    break;
                case JsonValueKind.Array when value.GetArrayLength() > 0:
                    settings[path] = string.Join(Between, value.EnumerateArray().Select(Entry));
                    break;
                case JsonValueKind.Array or JsonValueKind.Null:
                    break;
                default:
                    settings[path] = value.ToString();
                    break;
            }
        }
    }
}
