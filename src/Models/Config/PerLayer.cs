using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Vitrine.Models.Checkpoints;

namespace Vitrine.Models;

/// <summary>A part of the config of every layer: one for all, or a list with one per
/// layer.</summary>
/// <typeparam name="T">The part.</typeparam>
public sealed class PerLayer<T> : IEquatable<PerLayer<T>>
    where T : class, IEquatable<T>
{
    private readonly T[] _parts;

    /// <summary>The same for all layers.</summary>
    public PerLayer(T part) => (_parts, IsOne) = ([part], true);

    /// <summary>One for each layer, starting with the first.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public PerLayer(IReadOnlyList<T> parts) => _parts = parts.Count > 0 ? [.. parts]
        : throw new ArgumentException("PerLayer: a list needs one part per layer; got none.");

    /// <summary>How many are listed; 1 for one that all layers share.</summary>
    public int Count => _parts.Length;

    /// <summary>The part of a layer.</summary>
    public T this[int layer] => _parts[IsOne ? 0 : layer];

    /// <summary>Whether all layers share one, rather than a list.</summary>
    internal bool IsOne { get; }

    /// <summary>The part, if all layers have the same; null if they differ.</summary>
    public T? Shared => _parts.All(part => part.Equals(_parts[0])) ? _parts[0] : null;

    /// <summary>The same for all layers.</summary>
    public static implicit operator PerLayer<T>(T part) => new(part);

    /// <summary>Changes the part of every layer.</summary>
    public PerLayer<T> With(Func<T, T> change) =>
        IsOne ? new(change(_parts[0])) : new([.. _parts.Select(change)]);

    /// <inheritdoc/>
    public bool Equals(PerLayer<T>? other) => other is not null
        && (_parts.AsSpan().SequenceEqual(other._parts)
            || (Shared is { } shared && shared.Equals(other.Shared)));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PerLayer<T>);

    /// <inheritdoc/>
    public override int GetHashCode() => _parts[0].GetHashCode();
}

/// <summary>As JSON: an object that all layers share, or an array with one per layer.</summary>
internal sealed class PerLayerConverter<T> : JsonConverter<PerLayer<T>>
    where T : class, IEquatable<T>
{
    /// <inheritdoc/>
    public override PerLayer<T> Read(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return new PerLayer<T>(Part(ref reader, options));
        }

        var parts = new List<T>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            parts.Add(Part(ref reader, options));
        }

        return parts.Count > 0 ? new PerLayer<T>(parts)
            : throw new JsonException("a list with one part per layer is empty.");
    }

    /// <inheritdoc/>
    public override void Write(
        Utf8JsonWriter writer, PerLayer<T> value, JsonSerializerOptions options)
    {
        if (value.Shared is { } shared)
        {
            JsonSerializer.Serialize(writer, shared, options.GetTypeInfo(typeof(T)));
            return;
        }

        writer.WriteStartArray();
        for (int layer = 0; layer < value.Count; layer++)
        {
            JsonSerializer.Serialize(writer, value[layer], options.GetTypeInfo(typeof(T)));
        }

        writer.WriteEndArray();
    }

    private static T Part(ref Utf8JsonReader reader, JsonSerializerOptions options)
    {
        try
        {
            return JsonElement.ParseValue(ref reader).As(
                (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T)));
        }
        catch (InvalidDataException problem)
        {
            // As this, the serializer puts the field of the whole part before it.
            throw new JsonException(problem.Message, problem);
        }
    }
}
