using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vitrine.Models;

/// <summary>A config inside another JSON file: as <see cref="TransformerConfig.ToJson"/> writes it,
/// in any form that <see cref="TransformerConfig.Parse"/> reads.</summary>
public sealed class TransformerConfigConverter : JsonConverter<TransformerConfig>
{
    /// <inheritdoc/>
    /// <exception cref="JsonException">It is not a config.</exception>
    public override TransformerConfig Read(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            return ConfigJson.Read(JsonElement.ParseValue(ref reader)).Validate();
        }
        catch (InvalidDataException problem)
        {
            throw new JsonException(problem.Message, problem);
        }
    }

    /// <inheritdoc/>
    public override void Write(
        Utf8JsonWriter writer, TransformerConfig value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value, ModelsJson.Default.TransformerConfig);
}
