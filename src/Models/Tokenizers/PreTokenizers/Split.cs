using Vitrine.Models.Tokenizers.Pipeline;
using Vitrine.Models.Tokenizers.Unicode;

namespace Vitrine.Models.Tokenizers.PreTokenizers;

/// <summary>What becomes of a match between two pieces.</summary>
internal enum SplitBehavior
{
    /// <summary>It goes.</summary>
    Removed,

    /// <summary>It is a piece of its own.</summary>
    Isolated,

    /// <summary>It ends the piece before it.</summary>
    MergedWithPrevious,

    /// <summary>It begins the piece behind it.</summary>
    MergedWithNext,

    /// <summary>Matches that touch are one piece.</summary>
    Contiguous,
}

/// <summary>Cuts where a pattern matches, or where it does not.</summary>
internal sealed record Split(TextPattern Pattern, SplitBehavior Behavior, bool IsInverted = false)
    : IPreTokenizer
{
    /// <summary>Cuts at white space, which goes.</summary>
    public static Split AtSpaces { get; } = new(
        new CharacterPattern(CharacterKind.IsSpace), SplitBehavior.Removed);

    /// <summary>Words, and runs of what is neither word nor white space.</summary>
    public static Split Words { get; } = new(
        new RunPattern(value => CharacterKind.IsWord(value) ? 1
            : CharacterKind.IsSpace(value) ? -1 : 0),
        SplitBehavior.Removed, IsInverted: true);

    /// <summary>Cuts at white space and punctuation, as BERT does.</summary>
    public static IPreTokenizer Bert { get; } = new PreTokenizerSequence(
        [AtSpaces, Punctuation(SplitBehavior.Isolated)]);

    /// <summary>Cuts at punctuation.</summary>
    public static Split Punctuation(SplitBehavior behavior) => new(
        new CharacterPattern(CharacterKind.IsPunctuation), behavior);

    /// <summary>Cuts out numbers, or each digit.</summary>
    public static Split Digits(bool individual) => new(
        new CharacterPattern(CharacterKind.IsNumeric),
        individual ? SplitBehavior.Isolated : SplitBehavior.Contiguous);

    void IPreTokenizer.Split(Piece piece, List<Piece> pieces)
    {
        var matches = new List<(int Start, int End)>();
        Pattern.FindAll(piece.Text.Span, matches);
        foreach ((int start, int end) in Parts(matches, piece.Text.Length))
        {
            if (end > start)
            {
                pieces.Add(piece.Slice(start, end));
            }
        }
    }

    private List<(int Start, int End)> Parts(List<(int Start, int End)> matches, int length)
    {
        var all = new List<(int Start, int End, bool IsMatch)>((matches.Count * 2) + 1);
        int done = 0;
        foreach ((int start, int end) in matches)
        {
            if (start > done)
            {
                all.Add((done, start, IsInverted));
            }

            all.Add((start, end, !IsInverted));
            done = end;
        }

        if (done < length)
        {
            all.Add((done, length, IsInverted));
        }

        return Behavior switch
        {
            SplitBehavior.Isolated => [.. all.Select(part => (part.Start, part.End))],
            SplitBehavior.Removed =>
                [.. all.Where(part => !part.IsMatch).Select(part => (part.Start, part.End))],
            SplitBehavior.MergedWithNext => WithNext(all),
            _ => WithPrevious(all, Behavior == SplitBehavior.Contiguous),
        };
    }

    private static List<(int Start, int End)> WithPrevious(
        List<(int Start, int End, bool IsMatch)> all, bool contiguous)
    {
        var parts = new List<(int Start, int End)>();
        bool previous = false;
        foreach ((int start, int end, bool isMatch) in all)
        {
            bool joins = contiguous ? isMatch == previous : isMatch && !previous;
            if (joins && parts.Count > 0)
            {
                parts[^1] = (parts[^1].Start, end);
            }
            else
            {
                parts.Add((start, end));
            }

            previous = isMatch;
        }

        return parts;
    }

    private static List<(int Start, int End)> WithNext(
        List<(int Start, int End, bool IsMatch)> all)
    {
        var parts = new List<(int Start, int End)>();
        bool previous = false;
        for (int i = all.Count - 1; i >= 0; i--)
        {
            (int start, int end, bool isMatch) = all[i];
            if (isMatch && !previous && parts.Count > 0)
            {
                parts[^1] = (start, parts[^1].End);
            }
            else
            {
                parts.Add((start, end));
            }

            previous = isMatch;
        }

        parts.Reverse();
        return parts;
    }
}

/// <summary>Several pre-tokenizers, each on the pieces of the one before.</summary>
internal sealed record PreTokenizerSequence(IReadOnlyList<IPreTokenizer> Parts) : IPreTokenizer
{
    void IPreTokenizer.Split(Piece piece, List<Piece> pieces)
    {
        List<Piece> current = [piece];
        foreach (IPreTokenizer part in Parts)
        {
            var next = new List<Piece>(current.Count * 2);
            foreach (Piece one in current)
            {
                part.Split(one, next);
            }

            current = next;
        }

        pieces.AddRange(current);
    }
}

/// <summary>Pieces of a fixed number of characters, the last perhaps shorter.</summary>
internal sealed record FixedLength(int Length) : IPreTokenizer
{
    void IPreTokenizer.Split(Piece piece, List<Piece> pieces)
    {
        int at = 0;
        int start = 0;
        int count = 0;
        foreach (System.Text.Rune rune in piece.Text.Span.EnumerateRunes())
        {
            at += rune.Utf16SequenceLength;
            if (++count == Length)
            {
                pieces.Add(piece.Slice(start, at));
                (start, count) = (at, 0);
            }
        }

        if (count > 0)
        {
            pieces.Add(piece.Slice(start, at));
        }
    }
}
