using System.Text;

namespace Vitrine.Models.Tokenizers.Chat;

/// <summary>The functions, methods and filters of templates.</summary>
internal static class JinjaCalls
{
    private const long LongestRange = 100_000;

    /// <summary>The value of a call.</summary>
    /// <param name="call">The call.</param>
    /// <param name="of">What a method or filter is called on.</param>
    /// <param name="arguments">The arguments by place.</param>
    /// <param name="named">The arguments by name.</param>
    public static object? Call(
        CallExpression call, object? of, object?[] arguments, Dictionary<string, object?> named)
    {
        if (call.Of is null)
        {
            return Function(call, arguments, named);
        }

        // What filters and methods are named alike does the same; a few are only one of them.
        return (call.Name, of, arguments) switch
        {
            ("trim", string text, []) when call.IsFilter => text.Trim(),
            ("strip", string text, []) => text.Trim(),
            ("lstrip", string text, []) => text.TrimStart(),
            ("rstrip", string text, []) => text.TrimEnd(),
            ("strip", string text, [string characters]) => text.Trim(characters.ToCharArray()),
            ("lstrip", string text, [string characters]) =>
                text.TrimStart(characters.ToCharArray()),
            ("rstrip", string text, [string characters]) => text.TrimEnd(characters.ToCharArray()),
            ("upper", string text, []) => text.ToUpperInvariant(),
            ("lower", string text, []) => text.ToLowerInvariant(),
            ("capitalize", string { Length: > 0 } text, []) =>
                char.ToUpperInvariant(text[0]) + text[1..].ToLowerInvariant(),
            ("startswith", string text, [string start]) =>
                text.StartsWith(start, StringComparison.Ordinal),
            ("endswith", string text, [string end]) =>
                text.EndsWith(end, StringComparison.Ordinal),
            ("replace", string text, [string { Length: > 0 } old, string with]) =>
                text.Replace(old, with, StringComparison.Ordinal),
            ("split", string text, [string { Length: > 0 } separator]) =>
                (List<object?>)[.. text.Split(separator)],
            ("length" or "count", string or List<object?> or Dictionary<string, object?>, [])
                when call.IsFilter => of is Dictionary<string, object?> fields
                    ? fields.Count : (long)JinjaValue.Items(of, call.Line).Count,
            ("first", _, []) when call.IsFilter =>
                JinjaValue.Items(of, call.Line).FirstOrDefault(JinjaValue.Undefined),
            ("last", _, []) when call.IsFilter =>
                JinjaValue.Items(of, call.Line).LastOrDefault(JinjaValue.Undefined),
            ("list", _, []) when call.IsFilter =>
                (List<object?>)[.. JinjaValue.Items(of, call.Line)],
            ("join", List<object?> list, []) when call.IsFilter =>
                string.Concat(list.Select(one => JinjaValue.Text(one, call.Line))),
            ("join", List<object?> list, [string separator]) when call.IsFilter =>
                string.Join(separator, list.Select(one => JinjaValue.Text(one, call.Line))),
            ("string", _, []) when call.IsFilter => JinjaValue.Text(of, call.Line),
            ("safe", _, []) when call.IsFilter => of,
            ("default" or "d", _, [var other]) when call.IsFilter =>
                of is JinjaValue.Missing ? other : of,
            ("default" or "d", _, [var other, bool falseToo]) when call.IsFilter =>
                of is JinjaValue.Missing || (falseToo && !JinjaValue.IsTrue(of)) ? other : of,
            ("tojson", _, []) when call.IsFilter && named.Count == 0 => Json(of, call.Line),
            ("get", Dictionary<string, object?> fields, [string name]) =>
                fields.GetValueOrDefault(name),
            ("get", Dictionary<string, object?> fields, [string name, var other]) =>
                fields.GetValueOrDefault(name, other),
            ("items", Dictionary<string, object?> fields, []) =>
                (List<object?>)[.. fields.Select(one => (List<object?>)[one.Key, one.Value])],
            _ => throw JinjaValue.Wrong(
                $"{(call.IsFilter ? "the filter" : "the method")} \"{call.Name}\" of "
                + $"{JinjaValue.Name(of)} with {arguments.Length + named.Count} arguments is not "
                + "supported", call.Line),
        };
    }

    private static object Function(
        CallExpression call, object?[] arguments, Dictionary<string, object?> named)
    {
        switch (call.Name, arguments)
        {
            case ("raise_exception", [var message]):
                throw JinjaValue.Wrong(
                    $"the template refuses the messages: {JinjaValue.Text(message, call.Line)}",
                    call.Line);
            case ("namespace", []):
                return new JinjaNamespace(named);
            case ("range", [long stop]):
                return Range(0, stop, call.Line);
            case ("range", [long start, long stop]):
                return Range(start, stop, call.Line);
            default:
                throw JinjaValue.Wrong(
                    $"the function \"{call.Name}\" with {arguments.Length + named.Count} arguments "
                    + "is not supported", call.Line);
        }
    }

    private static List<object?> Range(long start, long stop, int line)
    {
        if (stop - start > LongestRange)
        {
            throw JinjaValue.Wrong($"a range has at most {LongestRange} numbers", line);
        }

        var numbers = new List<object?>();
        for (long i = start; i < stop; i++)
        {
            numbers.Add(i);
        }

        return numbers;
    }

    private static string Json(object? value, int line) => value switch
    {
        null => "null",
        bool flag => flag ? "true" : "false",
        string text => Quoted(text),
        List<object?> list => $"[{string.Join(", ", list.Select(one => Json(one, line)))}]",
        Dictionary<string, object?> fields => "{" + string.Join(
            ", ", fields.Select(one => $"{Quoted(one.Key)}: {Json(one.Value, line)}")) + "}",
        _ => JinjaValue.Text(value, line),
    };

    /// <summary>As Python's json module writes a string without escaping what is not
    /// ASCII.</summary>
    private static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (char c in text)
        {
            _ = c switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                '\b' => quoted.Append("\\b"),
                '\f' => quoted.Append("\\f"),
                < ' ' => quoted.Append($"\\u{(int)c:x4}"),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }
}
