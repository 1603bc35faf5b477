using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;

namespace Vitrine.Models.Checkpoints;

/// <summary>What the serializer finds wrong with an element, in the words of the file: its field,
/// the rule, the value.</summary>
internal static partial class JsonProblem
{
    /// <summary>A message for a problem with <paramref name="root"/> read as
    /// <paramref name="type"/>.</summary>
    public static string Of(JsonException problem, JsonElement root, JsonTypeInfo type)
    {
        string field = "";
        JsonElement? value = root;
        Type? wanted = type.Type;
        foreach (Match step in Steps().Matches(problem.Path ?? ""))
        {
            string name = step.Groups["name"].Success ? step.Groups["name"].Value
                : step.Groups["quoted"].Value;
            bool isIndex = step.Groups["index"].Success;
            field = isIndex ? $"{field}{step.Value}" : Field(field, name);
            value = isIndex ? At(value, int.Parse(
                    step.Groups["index"].Value, CultureInfo.InvariantCulture))
                : value is { ValueKind: JsonValueKind.Object } parent
                    && parent.TryGetProperty(name, out JsonElement part) ? part : null;
            wanted = wanted is not null
                && type.Options.TryGetTypeInfo(wanted, out JsonTypeInfo? holder)
                    ? TypeOf(holder, name) : null;
        }

        field = PrintableText.Value(field);
        string message = problem.Message;
        if (message.Contains("could not be mapped", StringComparison.Ordinal))
        {
            return $"{field} is not a known field.";
        }

        if (Missing().Match(message) is { Success: true } missing)
        {
            return $"{(field.Length > 0 ? field : "it")} must have {missing.Groups[1].Value}.";
        }

        if (message.Contains("allow null", StringComparison.Ordinal))
        {
            return $"{field} must not be null; leave it out for its default.";
        }

        return message.Contains("could not be converted", StringComparison.Ordinal)
            ? $"{(field.Length > 0 ? field : "it")} must be {Words(wanted)}; got "
                + $"{value?.Quoted() ?? "another"}."
            : $"{(field.Length > 0 ? field + ": " : "")}{PrintableText.Value(Rule(message))}";
    }

    /// <summary>The field of a part.</summary>
    public static string Field(string holder, string name) =>
        holder.Length == 0 ? name : $"{holder}.{name}";

    private static string Rule(string message)
    {
        int path = message.IndexOf(" Path: ", StringComparison.Ordinal);
        return path < 0 ? message : message[..path];
    }

    private static JsonElement? At(JsonElement? list, int index) =>
        list is { ValueKind: JsonValueKind.Array } there && index < there.GetArrayLength()
            ? there[index] : null;

    /// <summary>The type of a part: of a property, or of the elements of a list.</summary>
    private static Type? TypeOf(JsonTypeInfo holder, string name) => holder.Kind switch
    {
        JsonTypeInfoKind.Object =>
            holder.Properties.FirstOrDefault(property => property.Name == name)?.PropertyType,
        JsonTypeInfoKind.None => null,
        _ => holder.ElementType,
    };

    private static string Words(Type? type)
    {
        type = type is null ? null : Nullable.GetUnderlyingType(type) ?? type;
        return type is null ? "of another kind"
            : type.IsEnum ? $"one of {string.Join(", ", Enum.GetNames(type))}"
            : type == typeof(bool) ? "true or false"
            : type == typeof(string) ? "a text"
            : type == typeof(float) || type == typeof(double) ? "a number"
            : type == typeof(ulong) ? "a whole number from 0"
            : type == typeof(int) || type == typeof(long) ? "a whole number"
            : type == typeof(DateTimeOffset) ? "a date and time"
            : type.IsAssignableTo(typeof(System.Collections.IEnumerable)) ? "a list"
            : "an object";
    }

    [GeneratedRegex(@"\.(?<name>[^.\[]+)|\[(?<index>[0-9]+)\]|\['(?<quoted>.*?)'\]")]
    private static partial Regex Steps();

    [GeneratedRegex("missing required properties including: (.*)$", RegexOptions.Singleline)]
    private static partial Regex Missing();
}
