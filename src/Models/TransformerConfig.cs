using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vitrine.Models;

/// <summary>The shape of a <see cref="Transformer"/>: everything about it but its weights.</summary>
/// <remarks>Stored as <c>config.json</c>, in camelCase; a field this version does not know is an
/// error, since ignoring it would build another model.</remarks>
public sealed record TransformerConfig
{
    /// <summary>The number of tokens: the length of the axis <c>vocab</c>.</summary>
    public required int Vocabulary { get; init; }

    /// <summary>The width of the residual stream.</summary>
    public required int DModel { get; init; }

    /// <summary>Embedding, unembedding and output bias alone: a bigram model of rank
    /// <paramref name="dModel"/>.</summary>
    /// <param name="dModel">The width of the residual stream.</param>
    /// <param name="vocabulary">The number of tokens.</param>
    public static TransformerConfig ZeroLayer(int dModel, int vocabulary) =>
        new() { DModel = dModel, Vocabulary = vocabulary };

    /// <summary>Checks every field.</summary>
    /// <returns>This.</returns>
    /// <exception cref="InvalidDataException">A field is out of its range.</exception>
    public TransformerConfig Validate()
    {
        Positive("vocabulary", Vocabulary, most: 10_000_000);
        Positive("dModel", DModel, most: 65_536);
        return this;
    }

    /// <summary>Reads and checks <c>config.json</c>.</summary>
    /// <exception cref="InvalidDataException">The text is no config, or a field is wrong.</exception>
    public static TransformerConfig Parse(string json)
    {
        TransformerConfig? config;
        try
        {
            config = JsonSerializer.Deserialize(json, ModelsJson.Default.TransformerConfig);
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"TransformerConfig: {error.Message}", error);
        }

        return config?.Validate() ?? throw new InvalidDataException(
            "TransformerConfig: a config must be a JSON object; got null.");
    }

    /// <summary>The text of <c>config.json</c>.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ModelsJson.Default.TransformerConfig);

    private static void Positive(string field, int value, int most)
    {
        if (value < 1 || value > most)
        {
            throw new InvalidDataException(
                $"TransformerConfig: {field} must be 1 … {most}; got {value}.");
        }
    }
}
