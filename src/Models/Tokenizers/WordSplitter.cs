using System.Globalization;
using System.Text;

namespace Vitrine.Models.Tokenizers;

/// <summary>
/// Cuts text into the words that byte pairs are merged in, as GPT-2's pattern does:
/// <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c>.
/// </summary>
/// <remarks>
/// By hand, since .NET's regular expressions see UTF-16 halves: they take a letter beyond U+FFFF
/// for punctuation, and the ids would differ from GPT-2's.
/// </remarks>
internal static class WordSplitter
{
    private enum Kind
    {
        Letter,
        Number,
        Space,
        Other,
    }

    /// <summary>The length of the word that <paramref name="text"/>, which is not empty, begins
    /// with.</summary>
    public static int First(ReadOnlySpan<char> text)
    {
        int contraction = Contraction(text);
        if (contraction > 0)
        {
            return contraction;
        }

        Kind kind = KindAt(text, 0, out int length);
        int start = 0;
        if (text[0] == ' ' && text.Length > 1)
        {
            Kind next = KindAt(text, 1, out int nextLength);
            if (next != Kind.Space)
            {
                (kind, start, length) = (next, 1, nextLength);
            }
        }

        int end = start + length;
        while (end < text.Length && KindAt(text, end, out length) == kind)
        {
            end += length;
        }

        // The last of several spaces belongs to the word after them.
        return kind == Kind.Space && end < text.Length && end > 1 ? end - 1 : end;
    }

    private static int Contraction(ReadOnlySpan<char> text)
    {
        if (text[0] != '\'' || text.Length < 2)
        {
            return 0;
        }

        return text[1] switch
        {
            's' or 't' or 'm' or 'd' => 2,
            'r' or 'v' when text.Length > 2 && text[2] == 'e' => 3,
            'l' when text.Length > 2 && text[2] == 'l' => 3,
            _ => 0,
        };
    }

    private static Kind KindAt(ReadOnlySpan<char> text, int index, out int length)
    {
        char c = text[index];
        length = 1;
        if (char.IsAscii(c))
        {
            return char.IsAsciiLetter(c) ? Kind.Letter
                : char.IsAsciiDigit(c) ? Kind.Number
                : char.IsWhiteSpace(c) ? Kind.Space : Kind.Other;
        }

        if (char.IsWhiteSpace(c))
        {
            return Kind.Space;
        }

        Rune.DecodeFromUtf16(text[index..], out Rune rune, out length);
        return Rune.GetUnicodeCategory(rune) switch
        {
            <= UnicodeCategory.OtherLetter => Kind.Letter,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber
                or UnicodeCategory.OtherNumber => Kind.Number,
            _ => Kind.Other,
        };
    }
}
