using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vitrine.Fuzz;

/// <summary>Damages the structure of JSON: null, other kinds, keys twice, renamed or left out, deep
/// nesting, halves of surrogate pairs.</summary>
internal static class JsonMutation
{
    // Stand for what a tree of nodes cannot hold, and are replaced in the text.
    private const string Mark = "fuzz-mark";

    private static readonly string[] Values =
    [
        "null", "true", "false", "[]", "{}", "0", "-1", "1e999", "1e-400", "1.5", "9007199254740993",
        "99999999999999999999", "\"\"", "\"text\"", "\"\\ud800\"", "\"\\udc00x\"", "\"\\u0000\"",
        "\"\\u001b[31m\"", "[null]", "[[]]", "{\"a\":null}", "{\"a\":1,\"a\":2}",
        "{\"\\ud800\":1}", "\"NaN\"", "\"Infinity\"", "\"Rotary, Alibi\"", "\"99\"",
    ];

    /// <summary>One to three changes of a JSON text; null where it is none.</summary>
    public static byte[]? Text(byte[] json, Random random)
    {
        JsonNode? root;
        try
        {
            root = JsonNode.Parse(json);
        }
        catch (Exception problem) when (problem is JsonException or ArgumentException)
        {
            return null;
        }

        var inserted = new List<string>();
        for (int change = random.Next(1, 4); change > 0 && root is not null; change--)
        {
            root = Change(root, random, inserted);
        }

        string text = root?.ToJsonString() ?? "null";
        for (int i = 0; i < inserted.Count; i++)
        {
            text = text.Replace($"\"{Mark}{i}\"", inserted[i], StringComparison.Ordinal);
        }

        return Encoding.UTF8.GetBytes(text);
    }

    private static JsonNode? Change(JsonNode root, Random random, List<string> inserted)
    {
        var places = new List<(JsonNode Holder, object Key)>();
        Collect(root, places);
        if (places.Count == 0)
        {
            return New();
        }

        (JsonNode holder, object key) = places[random.Next(places.Count)];
        if (holder is JsonObject fields)
        {
            string name = (string)key;
            switch (random.Next(5))
            {
                case 0:
                    fields.Remove(name);
                    break;
                case 1:
                    fields.Remove(name, out JsonNode? moved);
                    fields[random.Next(2) == 0 ? name + "x" : "\u001b" + name] = moved;
                    break;
                case 2:
                    string value = fields[name]?.ToJsonString() ?? "null";
                    inserted.Add($"{value},{JsonSerializer.Serialize(name)}:{value}");
                    fields[name] = $"{Mark}{inserted.Count - 1}";
                    break;
                case 3:
                    (_, object other) = places[random.Next(places.Count)];
                    fields[name] = other is string source && fields.TryGetPropertyValue(
                        source, out JsonNode? copied) ? copied?.DeepClone() : New();
                    break;
                default:
                    fields[name] = New();
                    break;
            }
        }
        else if (holder is JsonArray list)
        {
            int index = (int)key;
            switch (random.Next(3))
            {
                case 0:
                    list.RemoveAt(index);
                    break;
                case 1:
                    list.Insert(index, list[index]?.DeepClone());
                    break;
                default:
                    list[index] = New();
                    break;
            }
        }

        return root;

        JsonNode New()
        {
            int depth = random.Next(20) == 0 ? random.Next(40, 2000) : 0;
            inserted.Add(depth > 0 ? new string('[', depth) + new string(']', depth)
                : random.Next(30) == 0 ? $"\"{new string('x', random.Next(10_000))}\""
                : Values[random.Next(Values.Length)]);
            return JsonValue.Create($"{Mark}{inserted.Count - 1}");
        }
    }

    private static void Collect(JsonNode? node, List<(JsonNode Holder, object Key)> places)
    {
        if (node is JsonObject fields)
        {
            foreach ((string name, JsonNode? value) in fields)
            {
                places.Add((fields, name));
                Collect(value, places);
            }
        }
        else if (node is JsonArray list)
        {
            for (int i = 0; i < list.Count; i++)
            {
                places.Add((list, i));
                Collect(list[i], places);
            }
        }
    }
}
