using System.Buffers;
using System.Globalization;
using System.Text;

namespace Vitrine.Models.Tokenizers;

/// <content>The class of a token, and how it is shown.</content>
public sealed partial class Tokenizer
{
    private const int DisplayCells = 24;

    /// <summary>A token's class.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is not in the vocabulary.</exception>
    public TokenClass Class(int id)
    {
        ReadOnlySpan<byte> bytes = Bytes(id);
        if (IsSpecial(id) || id >= _own)
        {
            return TokenClass.SpaceOrControl;
        }

        if (!System.Text.Unicode.Utf8.IsValid(bytes))
        {
            return TokenClass.PartialUtf8;
        }

        string text = Text(id);
        bool spaced = text.StartsWith(' ');
        bool prints = false;
        bool number = false;
        bool letter = false;
        Rune? first = null;
        foreach (Rune rune in text.EnumerateRunes())
        {
            prints |= !IsInvisible(rune);
            number |= Rune.IsNumber(rune);
            letter |= Rune.IsLetter(rune);
            first ??= Rune.IsLetter(rune) ? rune : null;
        }

        return (prints, letter, number) switch
        {
            (false, _, _) => TokenClass.SpaceOrControl,
            (_, true, _) when Rune.IsUpper(first!.Value) => TokenClass.CapitalisedWord,
            (_, true, _) when !spaced => TokenClass.Piece,
            (_, true, _) => TokenClass.Word,
            (_, _, true) => TokenClass.Number,
            _ => TokenClass.Punctuation,
        };
    }

    /// <summary>A token as a terminal or a log line shows it: nothing invisible, on one
    /// line.</summary>
    /// <remarks> A space is <c>·</c>, a line break <c>⏎</c>, a tab <c>⇥</c>, a carriage return
    /// <c>␍</c>, and repeats <c>·×4</c>; other control, format and space characters are code points
    /// as in <c>&lt;U+200B&gt;</c>; bytes that are not a full character are hex as in <c>&lt;E2
    /// 80&gt;</c>; a combining mark is shown on a dotted circle; more than 24 characters are cut in
    /// the middle. </remarks>
    /// <exception cref="ArgumentOutOfRangeException">The id is not in the vocabulary.</exception>
    public string Display(int id) => Display(Bytes(id));

    /// <summary>The classes of all tokens, by id.</summary>
    public TokenClass[] Classes() => [.. Enumerable.Range(0, VocabularySize).Select(Class)];

    internal static string Display(ReadOnlySpan<byte> bytes)
    {
        var cells = new List<string>();
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out Rune rune, out int length) != OperationStatus.Done)
            {
                length = BrokenBytes(bytes);
                cells.Add(
                    $"<{string.Join(' ', bytes[..length].ToArray().Select(b => $"{b:X2}"))}>");
                bytes = bytes[length..];
                continue;
            }

            int repeats = 1;
            while (
                Mark(rune) is not null && bytes[(repeats * length)..].StartsWith(bytes[..length]))
            {
                repeats++;
            }

            cells.Add(Cell(rune) + (repeats > 1 ? $"×{repeats}" : ""));
            bytes = bytes[(repeats * length)..];
        }

        return cells.Count <= DisplayCells
            ? string.Concat(cells)
            : string.Concat(
                [.. cells[..(DisplayCells / 2)], "…", .. cells[^((DisplayCells / 2) - 1)..]]);
    }

    private static int BrokenBytes(ReadOnlySpan<byte> bytes)
    {
        int length = 0;
        while (length < bytes.Length
            && Rune.DecodeFromUtf8(bytes[length..], out _, out int bad) != OperationStatus.Done)
        {
            length += bad;
        }

        return length;
    }

    private static string Cell(Rune rune) => Mark(rune)
        ?? (IsInvisible(rune) ? $"<U+{rune.Value:X4}>"
        : IsCombining(rune) ? $"◌{rune}" : rune.ToString());

    private static bool IsCombining(Rune rune) => Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark;

    private static string? Mark(Rune rune) => rune.Value switch
    {
        ' ' => "·",
        '\n' => "⏎",
        '\t' => "⇥",
        '\r' => "␍",
        _ => null,
    };

    private static bool IsInvisible(Rune rune) => Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.SpaceSeparator
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;
}
