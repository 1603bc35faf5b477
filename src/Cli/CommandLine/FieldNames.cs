using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Vitrine.Cli.CommandLine;

/// <summary>Messages name the fields of a request, <c>`minCount`</c>; on the command line they are
/// arguments and options.</summary>
internal static partial class FieldNames
{
    /// <summary>A message with fields as they are typed: <c>--min-count</c>, <c>TEXT</c>.</summary>
    /// <param name="message">The message.</param>
    /// <param name="parse">The command line that asked.</param>
    public static string Typed(string message, ParseResult parse) => Field().Replace(
        message, found => Typed(found.Groups[1].Value, parse.CommandResult) ?? found.Value);

    private static string? Typed(string field, CommandResult asked)
    {
        string option = $"--{JsonNamingPolicy.KebabCaseLower.ConvertName(field)}";
        return asked.Command.Arguments.Select(one => one.Name).FirstOrDefault(
                name => name.Equals(field, StringComparison.OrdinalIgnoreCase))
            ?? asked.Command.Options.Concat(CommonOptions.All).Select(one => one.Name)
                .FirstOrDefault(name => name == option);
    }

    [GeneratedRegex("`([a-zA-Z]+)`")]
    private static partial Regex Field();
}
