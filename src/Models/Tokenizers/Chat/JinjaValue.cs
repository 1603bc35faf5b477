using System.Globalization;

namespace Vitrine.Models.Tokenizers.Chat;

/// <summary>Fields that a template may set anywhere.</summary>
internal sealed class JinjaNamespace(Dictionary<string, object?> fields)
{
    /// <summary>The fields.</summary>
    public Dictionary<string, object?> Fields { get; } = fields;
}

/// <summary>The values of a template: null, true and false, whole numbers, strings, lists,
/// dictionaries, namespaces, and what is undefined.</summary>
internal static class JinjaValue
{
    /// <summary>What has no value.</summary>
    public static object Undefined { get; } = new Missing();

    /// <summary>Whether a condition holds.</summary>
    public static bool IsTrue(object? value) => value switch
    {
        null or Missing => false,
        bool flag => flag,
        long number => number != 0,
        string text => text.Length > 0,
        List<object?> list => list.Count > 0,
        Dictionary<string, object?> fields => fields.Count > 0,
        _ => true,
    };

    /// <summary>A value as it is written.</summary>
    public static string Text(object? value, int line) => value switch
    {
        null => "None",
        Missing => "",
        bool flag => flag ? "True" : "False",
        long number => number.ToString(CultureInfo.InvariantCulture),
        string text => text,
        _ => throw Wrong("a list or an object cannot be written but with tojson", line),
    };

    /// <summary>The elements of a list, the characters of a string, the keys of an
    /// object.</summary>
    public static List<object?> Items(object? value, int line) => value switch
    {
        List<object?> list => list,
        string text => [.. text.EnumerateRunes().Select(rune => rune.ToString())],
        Dictionary<string, object?> fields => [.. fields.Keys],
        _ => throw Wrong($"{Name(value)} has no elements", line),
    };

    /// <summary>Whether two values are equal.</summary>
    public static bool AreEqual(object? left, object? right) => (left, right) switch
    {
        (List<object?> one, List<object?> other) => one.Count == other.Count
            && one.Zip(other).All(pair => AreEqual(pair.First, pair.Second)),
        (bool flag, long number) => number == (flag ? 1 : 0),
        (long number, bool flag) => number == (flag ? 1 : 0),
        _ => Equals(left, right),
    };

    /// <summary>What a value is, for messages.</summary>
    public static string Name(object? value) => value switch
    {
        null => "none",
        Missing => "an undefined value",
        bool => "a truth value",
        long => "a number",
        string => "a string",
        List<object?> => "a list",
        JinjaNamespace => "a namespace",
        _ => "an object",
    };

    /// <summary>An error in a line of the template.</summary>
    public static InvalidDataException Wrong(string rule, int line) => new(
        $"ChatTemplate: {PrintableText.Value(rule)}; got line {line} of the template.");

    /// <summary>What has no value.</summary>
    internal sealed class Missing;
}
