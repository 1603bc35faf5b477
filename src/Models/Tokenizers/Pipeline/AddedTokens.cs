using System.Text;
using Vitrine.Models.Tokenizers.Unicode;

namespace Vitrine.Models.Tokenizers.Pipeline;

/// <summary>Finds added tokens in a text: from the left, the longest first.</summary>
internal sealed class AddedTokens
{
    private readonly Dictionary<char, List<(string Spelling, AddedToken Token)>> _byFirst = [];
    private readonly System.Buffers.SearchValues<char> _firsts;

    /// <param name="tokens">The tokens.</param>
    /// <param name="spell">How each is spelled where it is looked for.</param>
    public AddedTokens(IEnumerable<AddedToken> tokens, Func<string, string> spell)
    {
        var seen = new HashSet<string>();
        foreach (AddedToken token in tokens)
        {
            string spelling = spell(token.Content);
            if (spelling.Length == 0 || !seen.Add(spelling))
            {
                continue;
            }

            if (!_byFirst.TryGetValue(spelling[0], out var list))
            {
                _byFirst.Add(spelling[0], list = []);
            }

            list.Add((spelling, token));
        }

        foreach (List<(string Spelling, AddedToken)> list in _byFirst.Values)
        {
            list.Sort((a, b) => b.Spelling.Length.CompareTo(a.Spelling.Length));
        }

        _firsts = System.Buffers.SearchValues.Create([.. _byFirst.Keys]);
    }

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => _byFirst.Count == 0;

    /// <summary>Cuts a text into added tokens and what is between them: a token, or null, and
    /// where it begins and ends.</summary>
    public void Find(
        ReadOnlySpan<char> text, bool allowSpecial,
        List<(AddedToken? Token, int Start, int End)> parts)
    {
        int done = 0;
        int at = 0;
        while (at < text.Length && text[at..].IndexOfAny(_firsts) is >= 0 and int skip)
        {
            at += skip;
            if (At(text[at..]) is not (string spelling, AddedToken token))
            {
                at++;
                continue;
            }

            int start = at;
            int end = at += spelling.Length;
            if ((token.IsSpecial && !allowSpecial)
                || (token.SingleWord && !IsAlone(text, start, end)))
            {
                continue;
            }

            if (token.StripsLeft)
            {
                while (start > done && CharacterKind.IsSpace(text[start - 1]))
                {
                    start--;
                }
            }

            if (token.StripsRight)
            {
                while (end < text.Length && CharacterKind.IsSpace(text[end]))
                {
                    end++;
                }
            }

            if (start > done)
            {
                parts.Add((null, done, start));
            }

            parts.Add((token, start, end));
            done = end;
        }

        if (done < text.Length)
        {
            parts.Add((null, done, text.Length));
        }
    }

    private (string Spelling, AddedToken Token)? At(ReadOnlySpan<char> text)
    {
        foreach ((string spelling, AddedToken token) in _byFirst[text[0]])
        {
            if (text.StartsWith(spelling))
            {
                return (spelling, token);
            }
        }

        return null;
    }

    private static bool IsAlone(ReadOnlySpan<char> text, int start, int end) =>
        !(Rune.DecodeLastFromUtf16(text[..start], out Rune before, out _) == 0
            && CharacterKind.IsWord(before.Value))
        && !(Rune.DecodeFromUtf16(text[end..], out Rune after, out _) == 0
            && CharacterKind.IsWord(after.Value));
}
