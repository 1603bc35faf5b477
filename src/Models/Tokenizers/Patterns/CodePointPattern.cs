namespace Vitrine.Models.Tokenizers.Patterns;

/// <summary>A regular expression over code points.</summary>
/// <remarks>
/// .NET's own see UTF-16 halves: they take a letter beyond U+FFFF for no letter, and tokens would
/// differ from those that models were trained on. Backtracking keeps its choices on a heap, so that
/// neither a long text nor a hostile pattern exhausts the stack; the number of steps is bounded.
/// </remarks>
internal sealed class CodePointPattern
{
    private readonly Instruction[] _program;

    /// <exception cref="InvalidDataException">The pattern is malformed, or uses what is not
    /// supported.</exception>
    public CodePointPattern(string pattern)
    {
        Pattern = pattern;
        _program = PatternProgram.Of(PatternParser.Parse(pattern));
    }

    /// <summary>As it is spelled.</summary>
    public string Pattern { get; }

    /// <summary>Finds all matches from left to right, none in another; an empty one not where the
    /// one before ended.</summary>
    public void FindAll(ReadOnlySpan<char> text, List<(int Start, int End)> matches)
    {
        int from = 0;
        int lastEnd = -1;
        var matcher = new PatternMatcher(this, _program, text);
        try
        {
            while (from <= text.Length)
            {
                int end = matcher.MatchAt(from);
                if (end < 0 || (end == from && end == lastEnd))
                {
                    from += from < text.Length ? PatternMatcher.Length(text, from) : 1;
                    continue;
                }

                matches.Add((from, end));
                lastEnd = end;
                from = end;
            }
        }
        finally
        {
            matcher.Dispose();
        }
    }
}
