using System.Text.Json;
using System.Text.Json.Nodes;
using Vitrine.Models.Checkpoints;

namespace Vitrine.Models;

/// <summary>Reads <c>config.json</c>: fields left out get their default, and those of the older,
/// flat form are moved to the part that has them now.</summary>
internal static class ConfigJson
{
    private static readonly (string Flat, string Part, string Field)[] Moved =
    [
        ("heads", "attention", "heads"),
        ("dHead", "attention", "dHead"),
        ("attentionBiases", "attention", "biases"),
        ("attentionScale", "attention", "scale"),
        ("normEpsilon", "norm", "epsilon"),
        ("outputBias", "embedding", "outputBias"),
        ("tied", "embedding", "tied"),
        ("relativeBuckets", "positions", "relativeBuckets"),
        ("relativeMaxDistance", "positions", "relativeMaxDistance"),
        ("rotaryDim", "positions", "rotaryDim"),
        ("rotaryBase", "positions", "rotaryBase"),
        ("rotaryPairing", "positions", "rotaryPairing"),
    ];

    /// <exception cref="InvalidDataException">It is not a config.</exception>
    public static TransformerConfig Read(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidDataException(
                $"a config must be a JSON object; got {json.Quoted()}.");
        }

        JsonObject given = JsonObject.Create(json)!;
        Unfold(given);
        foreach ((string field, JsonNode? value) in Defaults())
        {
            Complete(given, field, value);
        }

        return JsonSerializer.SerializeToElement(given, ModelsJson.Default.JsonObject)
            .As(ModelsJson.Default.TransformerConfig);
    }

    /// <summary>Moves the fields of the flat form.</summary>
    private static void Unfold(JsonObject given)
    {
        foreach (string part in (string[])["positions", "norm"])
        {
            if (given[part] is JsonValue kind)
            {
                given[part] = new JsonObject { ["kind"] = kind.DeepClone() };
            }
        }

        foreach ((string flat, string part, string field) in Moved)
        {
            // The flat form has heads of width 0 where there are no layers.
            if (!given.Remove(flat, out JsonNode? value)
                || (part == "attention" && IsZero(given["layers"])))
            {
                continue;
            }

            given.TryAdd(part, new JsonObject());
            if (given[part] is null)
            {
                throw new InvalidDataException($"{part} must not be null; leave it out.");
            }

            if (given[part] is not JsonObject holder || !holder.TryAdd(field, value))
            {
                throw new InvalidDataException(
                    $"{flat} is {part}.{field}, which is also given; leave out one of them.");
            }
        }
    }

    private static bool IsZero(JsonNode? layers) =>
        layers is null || (layers is JsonValue value && value.TryGetValue(out int count)
            && count == 0);

    /// <summary>Gives a field that is left out its default: a generated reader would make it
    /// zero.</summary>
    private static void Complete(JsonObject given, string field, JsonNode? value)
    {
        if (!given.TryGetPropertyValue(field, out JsonNode? found))
        {
            given[field] = value?.DeepClone();
        }
        else if (value is JsonObject parts)
        {
            JsonNode?[] objects = found is JsonArray list ? [.. list] : (JsonNode?[])[found];
            foreach (JsonObject one in objects.OfType<JsonObject>())
            {
                foreach ((string name, JsonNode? part) in parts)
                {
                    Complete(one, name, part);
                }
            }
        }
    }

    /// <summary>Every field that may be left out.</summary>
    private static JsonObject Defaults()
    {
        var example = new TransformerConfig { Vocabulary = 1, DModel = 1 };
        JsonObject fields = JsonNode.Parse(example.ToJson())!.AsObject();
        fields.Remove("vocabulary");
        fields.Remove("dModel");
        return fields;
    }
}
