using System.Globalization;
using System.Text;
using Vitrine.Models.Tokenizers.Patterns;

namespace Vitrine.Models.Tokenizers.Unicode;

/// <summary>The classes of characters that tokenizers tell apart.</summary>
internal static class CharacterKind
{
    /// <summary>Unicode's White_Space.</summary>
    public static bool IsSpace(int value) => CharacterSets.Space.Contains(value);

    /// <summary>Digits and other numbers.</summary>
    public static bool IsNumeric(int value) => Category(value) is
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber
        or UnicodeCategory.OtherNumber
        || value is (>= 0x11DE0 and <= 0x11DE9) or (>= 0x16FF4 and <= 0x16FF6);

    /// <summary>Punctuation, and every ASCII character that prints and is no letter or
    /// digit.</summary>
    public static bool IsPunctuation(int value) => value < 128
        ? value > ' ' && value != 127 && !char.IsAsciiLetterOrDigit((char)value)
        : value is 0x166D or 0x111C9
            || (Category(value) is >= UnicodeCategory.ConnectorPunctuation
                and <= UnicodeCategory.OtherPunctuation
                && !LaterCharacters.Punctuation.Contains(value));

    /// <summary>Marks that <c>StripAccents</c> removes.</summary>
    public static bool IsMark(int value) => value is 0x1CF2 or 0x1CF3
        || (Category(value) is UnicodeCategory.NonSpacingMark
            or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark
            && !LaterCharacters.Marks.Contains(value));

    /// <summary>Marks that BERT's normaliser removes.</summary>
    public static bool IsNonSpacingMark(int value) => value is 0x1734 or 0x1171E
        || (Category(value) == UnicodeCategory.NonSpacingMark
            && !LaterCharacters.NonSpacingMarks.Contains(value));

    /// <summary>Characters of a word as the spaces around an added token are told: letters, marks,
    /// digits, connectors and joiners.</summary>
    public static bool IsWord(int value) =>
        value is 0x200C or 0x200D || CharacterSets.Alphanumeric.Contains(value);

    /// <summary>Control, format and private characters, but not tabs and line breaks.</summary>
    public static bool IsControl(int value) => value is not ('\t' or '\n' or '\r')
        && Category(value) is UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.PrivateUse
        && value is not ((>= 0x890 and <= 0x891) or 0x8E2 or 0x110CD
            or (>= 0x13430 and <= 0x1343F));

    /// <summary>Chinese characters as BERT counts them: no kana, no Hangul, no
    /// extensions since.</summary>
    public static bool IsChinese(int value) => value is (>= 0x4E00 and <= 0x9FFF)
        or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF)
        or (>= 0x2A700 and <= 0x2B73F) or (>= 0x2B740 and <= 0x2B81F)
        or (>= 0x2B920 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF)
        or (>= 0x2F800 and <= 0x2FA1F);

    /// <summary>A text in lower case, character by character.</summary>
    public static string Lower(string text)
    {
        var lower = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                0x130 => lower.Append("i\u0307"),
                0xA7CE or 0xA7D2 or 0xA7D4 => lower.Append((char)(rune.Value + 1)),
                >= 0x16EA0 and <= 0x16EB8 => lower.Append(new Rune(rune.Value + 27).ToString()),
                _ => lower.Append(Rune.ToLowerInvariant(rune).ToString()),
            };
        }

        return lower.ToString();
    }

    /// <summary>The general category.</summary>
    public static UnicodeCategory Category(int value) =>
        CharUnicodeInfo.GetUnicodeCategory(value);
}
