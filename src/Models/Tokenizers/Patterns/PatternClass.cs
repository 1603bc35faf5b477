using System.Globalization;

namespace Vitrine.Models.Tokenizers.Patterns;

/// <summary>Reads a class in brackets, and the escapes that name sets.</summary>
/// <param name="pattern">The pattern's code points.</param>
/// <param name="wrong">Makes an error about the place where reading stands.</param>
internal sealed class PatternClass(int[] pattern, Func<string, Exception> wrong)
{
    private const int Deepest = 50;
    private int _depth;

    /// <summary>Reads from behind <c>[</c> to behind its <c>]</c>.</summary>
    public CodePointSet Read(ref int at)
    {
        if (++_depth > Deepest)
        {
            throw wrong($"classes must be nested at most {Deepest} deep");
        }

        bool negated = Take('^', ref at);
        CodePointSet? joint = null;
        var sets = new List<CodePointSet>();
        bool first = true;
        while (true)
        {
            if (at >= pattern.Length)
            {
                throw wrong("a class must end in ]");
            }

            if (pattern[at] == ']' && !first)
            {
                at++;
                break;
            }

            first = false;
            if (pattern[at] == '&' && Next(at, '&'))
            {
                at += 2;
                joint = Joint(joint, sets);
                sets = [];
                continue;
            }

            sets.Add(Member(ref at));
        }

        _depth--;
        CodePointSet all = Joint(joint, sets);
        return negated ? all.Not() : all;
    }

    /// <summary>Reads what follows a <c>\</c>.</summary>
    public CodePointSet ReadEscape(ref int at)
    {
        int c = pattern[at];
        if (c is 'p' or 'P')
        {
            return Property(ref at);
        }

        CodePointSet? named = c switch
        {
            's' or 'S' => CharacterSets.Space,
            'd' or 'D' => CharacterSets.Digit,
            'w' or 'W' => CharacterSets.Word,
            'h' or 'H' => CharacterSets.HexDigit,
            _ => null,
        };
        if (named is not null)
        {
            at++;
            return c is 'S' or 'D' or 'W' or 'H' ? named.Not() : named;
        }

        int value = Character(ref at);
        return CodePointSet.Range(value, value);
    }

    private static CodePointSet Joint(CodePointSet? joint, List<CodePointSet> sets)
    {
        CodePointSet these = CodePointSet.Any(sets);
        return joint is null ? these : joint.And(these);
    }

    private CodePointSet Member(ref int at)
    {
        if (pattern[at] == '[')
        {
            if (Next(at, ':') && Array.IndexOf(pattern, ']', at) is > 0 and int end
                && pattern[end - 1] == ':')
            {
                string name = Ascii(at + 2, end - 1);
                at = end + 1;
                bool negated = name.StartsWith('^');
                CodePointSet set = CharacterSets.Named(name.TrimStart('^'))
                    ?? throw wrong($"[:{PrintableText.Value(name)}:] must be a known class");
                return negated ? set.Not() : set;
            }

            at++;
            return Read(ref at);
        }

        int first;
        if (pattern[at] == '\\')
        {
            at++;
            if (at >= pattern.Length)
            {
                throw wrong("a character must follow the last \\");
            }

            if (pattern[at] is 'p' or 'P' or 's' or 'S' or 'd' or 'D' or 'w' or 'W' or 'h' or 'H')
            {
                return ReadEscape(ref at);
            }

            first = Character(ref at);
        }
        else
        {
            first = pattern[at++];
        }

        if (at + 1 < pattern.Length && pattern[at] == '-' && pattern[at + 1] is not (']' or '['))
        {
            int back = at++;
            int last;
            if (pattern[at] == '\\')
            {
                at++;
                if (at < pattern.Length && pattern[at] is 'p' or 's' or 'd' or 'w' or 'h'
                    or 'P' or 'S' or 'D' or 'W' or 'H')
                {
                    at = back;
                    return CodePointSet.Range(first, first);
                }

                last = Character(ref at);
            }
            else
            {
                last = pattern[at++];
            }

            return last >= first ? CodePointSet.Range(first, last)
                : throw wrong("a range must rise");
        }

        return CodePointSet.Range(first, first);
    }

    private int Character(ref int at)
    {
        if (at >= pattern.Length)
        {
            throw wrong("a character must follow the last \\");
        }

        int c = pattern[at++];
        switch (c)
        {
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'f':
                return '\f';
            case 'v':
                return '\v';
            case 'a':
                return '\a';
            case 'e':
                return 0x1B;
            case '0':
                return 0;
            case 'u':
                return Hexadecimal(4, ref at);
            case 'x' when at < pattern.Length && pattern[at] == '{':
                int end = Array.IndexOf(pattern, '}', at);
                if (end < 0 || end - at is < 2 or > 9)
                {
                    throw wrong("\\x{ must be followed by hexadecimal digits and }");
                }

                at++;
                int value = Hexadecimal(end - at, ref at);
                at++;
                return value;
            case 'x':
                return Hexadecimal(2, ref at);
            case (>= '1' and <= '9') or (>= 'a' and <= 'z') or (>= 'A' and <= 'Z'):
                at--;
                throw wrong($"\\{(char)c} is not supported");
            default:
                return c;
        }
    }

    private int Hexadecimal(int digits, ref int at)
    {
        if (at + digits > pattern.Length
            || !int.TryParse(
                Ascii(at, at + digits), NumberStyles.AllowHexSpecifier,
                CultureInfo.InvariantCulture, out int value)
            || value is < 0 or > 0x10FFFF)
        {
            throw wrong("a code point must be hexadecimal digits, at most 10FFFF");
        }

        at += digits;
        return value;
    }

    /// <summary><c>\p{L}</c>, <c>\p{^L}</c>, <c>\P{L}</c>, <c>\pL</c>.</summary>
    private CodePointSet Property(ref int at)
    {
        bool negated = pattern[at++] == 'P';
        string name;
        if (at < pattern.Length && pattern[at] == '{')
        {
            int end = Array.IndexOf(pattern, '}', at);
            if (end < 0)
            {
                throw wrong("\\p{ must end in }");
            }

            name = Ascii(at + 1, end);
            at = end + 1;
        }
        else if (at < pattern.Length)
        {
            name = Ascii(at, at + 1);
            at++;
        }
        else
        {
            throw wrong("a property must follow \\p");
        }

        if (name.StartsWith('^'))
        {
            negated = !negated;
            name = name[1..];
        }

        CodePointSet set = CharacterSets.Property(name)
            ?? throw wrong($"\\p{{{PrintableText.Value(name)}}} must be a supported property");
        return negated ? set.Not() : set;
    }

    private bool Next(int at, char wanted) => at + 1 < pattern.Length && pattern[at + 1] == wanted;

    private bool Take(char wanted, ref int at)
    {
        bool there = at < pattern.Length && pattern[at] == wanted;
        at += there ? 1 : 0;
        return there;
    }

    /// <summary>Code points as text; what is not ASCII as <c>?</c>, which no name has.</summary>
    private string Ascii(int start, int end) => string.Concat(
        pattern[start..end].Select(value => value < 128 ? (char)value : '?'));
}
