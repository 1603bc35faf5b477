using System.Globalization;
using System.Text;

namespace Vitrine.Models;

/// <summary>Text from files, names and paths as a terminal may see it: no character acts, and
/// nothing is longer than a person reads.</summary>
internal static class PrintableText
{
    private const int Longest = 200;

    /// <summary>Control, format and half characters as <c>&lt;U+001B&gt;</c>, line breaks among
    /// them.</summary>
    public static string Escape(string text) => EscapeBut(text, keep: null);

    /// <summary>As <see cref="Escape"/>, of a text of several lines.</summary>
    public static string EscapeLines(string text) => EscapeBut(text, keep: '\n');

    /// <summary>A value that a message quotes: escaped, and cut after 200 characters.</summary>
    public static string Value(string text)
    {
        int length = text.Length <= Longest ? text.Length
            : char.IsHighSurrogate(text[Longest - 1]) ? Longest - 1 : Longest;
        return Escape(text[..length]) + (length < text.Length ? "…" : "");
    }

    private static string EscapeBut(string text, char? keep)
    {
        StringBuilder? escaped = null;
        for (int i = 0; i < text.Length; i++)
        {
            bool whole = Rune.TryGetRuneAt(text, i, out Rune rune);
            int length = whole ? rune.Utf16SequenceLength : 1;
            if (text[i] == keep || (whole && !Acts(rune)))
            {
                escaped?.Append(text, i, length);
            }
            else
            {
                escaped ??= new StringBuilder(text, 0, i, text.Length + 16);
                escaped.Append(
                    CultureInfo.InvariantCulture, $"<U+{(whole ? rune.Value : text[i]):X4}>");
            }

            i += length - 1;
        }

        return escaped?.ToString() ?? text;
    }

    private static bool Acts(Rune rune) => Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator;
}
