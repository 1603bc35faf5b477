using System.IO.Enumeration;

namespace Vitrine.Models;

/// <summary>Names of activations with <c>*</c> for any characters.</summary>
internal static class HookGlob
{
    private const int Offered = 5;

    private const string Copies = "_input";

    /// <summary>Whether a glob matches a name. It matches the heads' own copies of the stream,
    /// which are made only on request, only if it mentions inputs.</summary>
    public static bool Matches(string glob, string name) =>
        FileSystemName.MatchesSimpleExpression(glob, name, ignoreCase: false)
        && (glob.Contains(Copies, StringComparison.Ordinal)
            || !name.EndsWith(Copies, StringComparison.Ordinal));

    /// <summary>The names that a glob matches.</summary>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static IReadOnlyList<string> Require(string glob, IReadOnlyList<string> names)
    {
        string[] matching = [.. names.Where(name => Matches(glob, name))];
        return matching.Length > 0 ? matching : throw new ArgumentException(
            $"Hooks: no activation is named '{glob}'; the nearest are "
            + string.Join(
                ", ", names.OrderBy(name => EditDistance.Between(glob, name)).Take(Offered)) + ".");
    }
}
