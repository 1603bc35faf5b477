using System.Text;
using System.Text.RegularExpressions;

namespace Vitrine.Explorer;

/// <summary>Joins ES modules into one script that can stand inline in a page.</summary>
/// <remarks>
/// Each module becomes a function that runs once and returns its exports, so names of different
/// modules never meet: in <c>page/a.js</c>, <c>import {b} from '../tokens/b.js'</c> turns into
/// <c>const {b} = $tokens_b;</c>, and modules stand after those that they import. Modules keep to a
/// small part of the syntax, which is checked: imports of names from <c>./</c> and <c>../</c>, and
/// <c>export</c> before <c>function</c>, <c>class</c> or <c>const</c>. A cycle is an error.
/// </remarks>
internal static partial class ModuleBundle
{
    /// <summary>The script that starts with <paramref name="entry"/>.</summary>
    /// <exception cref="FormatException">A module uses syntax outside that part, names a module
    /// that does not exist, is part of a cycle, or would end its script element.</exception>
    public static string Join(IReadOnlyDictionary<string, string> modules, string entry)
    {
        var bundle = new StringBuilder("'use strict';\n");
        Append(entry, modules, [], new HashSet<string>(), bundle);
        string script = bundle.ToString();
        if (
            script.Contains("</script", StringComparison.OrdinalIgnoreCase)
            || script.Contains("<!--", StringComparison.Ordinal))
        {
            throw new FormatException(
                "ModuleBundle: an inline script must not hold `</script` or `<!--`; spell them "
                    + "apart.");
        }

        return script;
    }

    private static void Append(
        string name,
        IReadOnlyDictionary<string, string> modules,
        List<string> path,
        HashSet<string> done,
        StringBuilder bundle)
    {
        if (path.Contains(name))
        {
            throw new FormatException(
                "ModuleBundle: modules must not import each other in a cycle; got "
                    + $"{string.Join(" → ", [.. path, name])}.");
        }

        if (!done.Contains(name))
        {
            if (!modules.TryGetValue(name, out string? source))
            {
                throw new FormatException(
                    $"ModuleBundle: {path.LastOrDefault() ?? "the entry"} imports {name}, which "
                        + "does not exist.");
            }

            path.Add(name);
            foreach (Match import in Import().Matches(source))
            {
                Append(Path(name, import), modules, path, done, bundle);
            }

            path.RemoveAt(path.Count - 1);
            done.Add(name);
            bundle.Append(Wrapped(name, source));
        }
    }

    private static string Wrapped(string name, string source)
    {
        string[] exports =
        [
            .. Export().Matches(source).Select(match => match.Groups["name"].Value),
        ];
        string body = Import()
            .Replace(
                source,
                match =>
                    $"const {{{match.Groups["names"].Value}}} = {Variable(Path(name, match))};");
        body = Export()
            .Replace(body, match => match.Groups["declaration"].Value + match.Groups["name"].Value);
        if (OtherSyntax().Match(body) is { Success: true } other)
        {
            throw new FormatException(
                $"ModuleBundle: {name} must import names from './file.js' or '../folder/file.js' and "
                    + $"export functions, classes and constants; got `{other.Value.Trim()}`.");
        }

        return $"const {Variable(name)} = (() => {{\n{body}\n"
            + $"return {{ {string.Join(", ", exports)} }};\n}})();\n";
    }

    private static string Variable(string file) =>
        "$" + file[..^3].Replace('-', '_').Replace('/', '_');

    /// <summary>The module that an import names, from the folder of the one that imports.</summary>
    private static string Path(string importer, Match import)
    {
        string file = import.Groups["file"].Value;
        return file.StartsWith("../", StringComparison.Ordinal)
            ? file[3..] : importer[..(importer.LastIndexOf('/') + 1)] + file[2..];
    }

    [GeneratedRegex(
        @"^import \{(?<names>[^}]*)\} from '(?<file>\.{1,2}/[\w/-]+\.js)';",
        RegexOptions.Multiline)]
    private static partial Regex Import();

    [GeneratedRegex(
        @"^export (?<declaration>(?:async )?function\*? |class |const )(?<name>[\w$]+)",
        RegexOptions.Multiline)]
    private static partial Regex Export();

    [GeneratedRegex(@"^(?:import|export)\b.*", RegexOptions.Multiline)]
    private static partial Regex OtherSyntax();
}
