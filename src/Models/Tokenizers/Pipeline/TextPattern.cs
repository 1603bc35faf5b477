using Vitrine.Models.Tokenizers.Patterns;

namespace Vitrine.Models.Tokenizers.Pipeline;

/// <summary>What is looked for in a text: a string, an expression or characters.</summary>
internal abstract record TextPattern
{
    /// <summary>Adds all matches, from left to right.</summary>
    public abstract void FindAll(ReadOnlySpan<char> text, List<(int Start, int End)> matches);
}

/// <summary>A string, as it stands.</summary>
internal sealed record StringPattern(string Content) : TextPattern
{
    public override void FindAll(ReadOnlySpan<char> text, List<(int Start, int End)> matches)
    {
        int from = 0;
        while (Content.Length > 0 && text[from..].IndexOf(Content) is >= 0 and int at)
        {
            matches.Add((from + at, from + at + Content.Length));
            from += at + Content.Length;
        }
    }
}

/// <summary>A regular expression.</summary>
internal sealed record RegularPattern(CodePointPattern Expression) : TextPattern
{
    public override void FindAll(ReadOnlySpan<char> text, List<(int Start, int End)> matches) =>
        Expression.FindAll(text, matches);
}

/// <summary>Every single character that a function accepts.</summary>
internal sealed record CharacterPattern(Func<int, bool> Accepts) : TextPattern
{
    public override void FindAll(ReadOnlySpan<char> text, List<(int Start, int End)> matches)
    {
        int at = 0;
        foreach (System.Text.Rune rune in text.EnumerateRunes())
        {
            int end = at + rune.Utf16SequenceLength;
            if (Accepts(rune.Value))
            {
                matches.Add((at, end));
            }

            at = end;
        }
    }
}

/// <summary>The longest runs of characters of one kind.</summary>
/// <param name="Kind">A character's kind; negative if it belongs to no run.</param>
internal sealed record RunPattern(Func<int, int> Kind) : TextPattern
{
    public override void FindAll(ReadOnlySpan<char> text, List<(int Start, int End)> matches)
    {
        int at = 0;
        int start = 0;
        int running = -1;
        foreach (System.Text.Rune rune in text.EnumerateRunes())
        {
            int kind = Kind(rune.Value);
            if (kind != running)
            {
                if (running >= 0)
                {
                    matches.Add((start, at));
                }

                (start, running) = (at, kind);
            }

            at += rune.Utf16SequenceLength;
        }

        if (running >= 0)
        {
            matches.Add((start, at));
        }
    }
}
