using System.IO.Enumeration;

namespace Vitrine.Models;

/// <summary>Names of activations with <c>*</c> for any characters.</summary>
internal static class HookGlob
{
    private const int Offered = 5;

    private const string Copies = "_input";

    /// <summary>Whether a glob means a name. The heads' own copies of the stream, which are made
    /// only on request, are meant where the glob speaks of inputs.</summary>
    public static bool Matches(string glob, string name) =>
        FileSystemName.MatchesSimpleExpression(glob, name, ignoreCase: false)
        && (glob.Contains(Copies, StringComparison.Ordinal)
            || !name.EndsWith(Copies, StringComparison.Ordinal));

    /// <summary>The names that a glob means.</summary>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static IReadOnlyList<string> Require(string glob, IReadOnlyList<string> names)
    {
        string[] matching = [.. names.Where(name => Matches(glob, name))];
        return matching.Length > 0 ? matching : throw new ArgumentException(
            $"Hooks: no activation is named '{glob}'; the nearest are "
            + string.Join(", ", names.OrderBy(name => Distance(glob, name)).Take(Offered)) + ".");
    }

    /// <summary>Edits that turn one text into the other (Levenshtein 1966).</summary>
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, 1 + Math.Min(row[j], row[j - 1]));
            }
        }

        return row[b.Length];
    }
}
