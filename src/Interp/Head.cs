using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Vitrine.Interp.Findings;
using Vitrine.Models;

namespace Vitrine.Interp;

/// <summary>An attention head by layer and index: written <c>1.3</c> or <c>L1H3</c>, in JSON
/// <c>"1.3"</c>.</summary>
/// <param name="Layer">The layer, from 0.</param>
/// <param name="Index">The head within the layer, from 0.</param>
[JsonConverter(typeof(HeadJson))]
public readonly record struct Head(int Layer, int Index)
{
    /// <summary>Every head of a model, layer by layer.</summary>
    internal static IEnumerable<Head> All(TransformerConfig config) =>
        from layer in Enumerable.Range(0, config.Layers)
        from index in Enumerable.Range(0, config.Attention![layer].Heads)
        select new Head(layer, index);

    /// <summary>Every head of that many layers, layer by layer.</summary>
    internal static IEnumerable<Head> All(int layers, int heads) =>
        from layer in Enumerable.Range(0, layers)
        from index in Enumerable.Range(0, heads)
        select new Head(layer, index);

    /// <summary>Reads <c>1.3</c> or <c>L1H3</c>, in either case.</summary>
    /// <returns>False if the text is neither.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out Head head)
    {
        ReadOnlySpan<char> rest = (text ?? "").AsSpan().Trim();
        bool spelled = rest.StartsWith("L", StringComparison.OrdinalIgnoreCase);
        int middle = spelled ? rest.IndexOfAny('H', 'h') : rest.IndexOf('.');
        head = default;
        if (middle < 0
            || !int.TryParse(
                rest[(spelled ? 1 : 0)..middle], NumberStyles.None, CultureInfo.InvariantCulture,
                out int layer)
            || !int.TryParse(
                rest[(middle + 1)..], NumberStyles.None, CultureInfo.InvariantCulture,
                out int index))
        {
            return false;
        }

        head = new Head(layer, index);
        return true;
    }

    /// <summary>Checks that a model has this head.</summary>
    /// <param name="layers">The model's layers.</param>
    /// <param name="heads">The heads of each.</param>
    /// <returns>This.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The model does not have it.</exception>
    public Head In(int layers, int heads) =>
        Layer >= 0 && Layer < layers && Index >= 0 && Index < heads
            ? this
            : throw new ArgumentOutOfRangeException(
                null,
                layers == 0 || heads == 0
                    ? $"Head {this}: this model has no attention layers; use one that does."
                    : $"Head {this}: layers are 0 … {layers - 1} and heads 0 … {heads - 1}; "
                    + $"the last head is {layers - 1}.{heads - 1}.");

    /// <summary>The same for layers that may differ.</summary>
    internal Head In(TransformerConfig config) =>
        config.Attention is not { Shared: null } layers ? In(config.Layers, config.Heads)
            : Layer >= 0 && Layer < layers.Count && Index >= 0 && Index < layers[Layer].Heads
            ? this
            : throw new ArgumentOutOfRangeException(
                null,
                $"Head {this}: the layers of this model have "
                + $"{Numerals.ByLayer(layers, one => one.Heads)} heads.");

    /// <summary>The head as <c>1.3</c>.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Layer}.{Index}");
}

/// <summary>A head as the text <c>"1.3"</c>.</summary>
internal sealed class HeadJson : JsonConverter<Head>
{
    /// <inheritdoc/>
    public override Head Read(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Head.TryParse(reader.GetString(), out Head head)
            ? head
            : throw new JsonException("A head is written \"1.3\".");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Head value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
