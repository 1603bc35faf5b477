using System.Globalization;
using System.Text;

namespace Vitrine.Models.Tokenizers.Patterns;

/// <summary>Reads a pattern in the syntax of Oniguruma (Ruby's), in which tokenizer.json spells
/// them.</summary>
/// <remarks>What the patterns of published tokenizers use; anything else is refused by its
/// spelling: back references, conditions, calls, absent groups.</remarks>
internal sealed class PatternParser
{
    private const int Deepest = 100;
    private const int LongestRepeat = 1000;
    private readonly int[] _pattern;
    private readonly string _text;
    private int _at;
    private int _depth;
    private bool _ignoresCase;
    private bool _dotIsAll;

    private PatternParser(string text)
    {
        _text = text;
        _pattern = [.. text.EnumerateRunes().Select(rune => rune.Value)];
    }

    private bool AtEnd => _at == _pattern.Length;

    /// <summary>Reads a pattern.</summary>
    /// <exception cref="InvalidDataException">It is malformed, or uses what is not
    /// supported.</exception>
    public static PatternNode Parse(string text)
    {
        var parser = new PatternParser(text);
        PatternNode node = parser.Choice();
        return parser.AtEnd ? node : throw parser.Wrong("a group must be opened before )");
    }

    private PatternNode Choice()
    {
        if (++_depth > Deepest)
        {
            throw Wrong($"groups must be nested at most {Deepest} deep");
        }

        bool ignoresCase = _ignoresCase;
        bool dotIsAll = _dotIsAll;
        var choices = new List<PatternNode> { Sequence() };
        while (Take('|'))
        {
            choices.Add(Sequence());
        }

        (_ignoresCase, _dotIsAll) = (ignoresCase, dotIsAll);
        _depth--;
        return choices.Count == 1 ? choices[0] : new ChoiceNode(choices);
    }

    private SequenceNode Sequence()
    {
        var parts = new List<PatternNode>();
        while (!AtEnd && _pattern[_at] is not ('|' or ')'))
        {
            if (Part() is { } part)
            {
                parts.Add(Repeated(part));
            }
        }

        return new SequenceNode(parts);
    }

    private PatternNode? Part()
    {
        int c = _pattern[_at++];
        return c switch
        {
            '(' => Group(),
            '[' => new SetNode(Cased(new PatternClass(_pattern, Wrong).Read(ref _at))),
            '.' => new SetNode(_dotIsAll ? CodePointSet.Range(0, 0x10FFFF)
                : CodePointSet.Range('\n', '\n').Not()),
            '^' => new PlaceNode(Place.LineStart),
            '$' => new PlaceNode(Place.LineEnd),
            '\\' => Escape(),
            '*' or '+' or '?' => throw Wrong($"{(char)c} must follow what it repeats"),
            _ => new SetNode(Cased(CodePointSet.Range(c, c))),
        };
    }

    private PatternNode Escape()
    {
        if (AtEnd)
        {
            throw Wrong("a character must follow the last \\");
        }

        Place? place = _pattern[_at] switch
        {
            'A' => Place.TextStart,
            'z' => Place.TextEnd,
            'Z' => Place.LastLineEnd,
            'b' => Place.WordBoundary,
            'B' => Place.NoWordBoundary,
            _ => null,
        };
        if (place is { } found)
        {
            _at++;
            return new PlaceNode(found);
        }

        return new SetNode(Cased(new PatternClass(_pattern, Wrong).ReadEscape(ref _at)));
    }

    private PatternNode? Group()
    {
        if (!Take('?'))
        {
            return Closed(Choice());
        }

        if (Take(':'))
        {
            return Closed(Choice());
        }

        if (Take('>'))
        {
            return new AtomicNode(Closed(Choice()));
        }

        if (Take('='))
        {
            return new LookNode(Closed(Choice()), IsBehind: false, IsNegated: false);
        }

        if (Take('!'))
        {
            return new LookNode(Closed(Choice()), IsBehind: false, IsNegated: true);
        }

        if (Take('<'))
        {
            bool negated = Take('!');
            if (negated || Take('='))
            {
                PatternNode behind = Closed(Choice());
                IEnumerable<PatternNode> each = behind is ChoiceNode choice
                    ? choice.Choices : [behind];
                return each.All(part => part.Width is not null)
                    ? new LookNode(behind, IsBehind: true, negated)
                    : throw Wrong("what is looked for behind must have a fixed length");
            }

            while (!AtEnd && _pattern[_at++] != '>')
            {
            }

            return Closed(Choice());
        }

        return Options();
    }

    /// <summary><c>(?i:…)</c>, or <c>(?i)</c> for the rest of the group.</summary>
    private PatternNode? Options()
    {
        bool ignoresCase = _ignoresCase;
        bool dotIsAll = _dotIsAll;
        bool on = true;
        while (!AtEnd && _pattern[_at] is not (':' or ')'))
        {
            switch (_pattern[_at++])
            {
                case '-':
                    on = false;
                    break;
                case 'i':
                    _ignoresCase = on;
                    break;
                case 'm':
                    _dotIsAll = on;
                    break;
                default:
                    _at--;
                    throw Wrong("a group may begin with ?:, ?>, ?=, ?!, ?<=, ?<!, ?<name>, ?i, ?m");
            }
        }

        if (Take(')'))
        {
            return null;
        }

        _at = Math.Min(_at + 1, _pattern.Length);
        PatternNode part = Closed(Choice());
        (_ignoresCase, _dotIsAll) = (ignoresCase, dotIsAll);
        return part;
    }

    private PatternNode Closed(PatternNode part) =>
        Take(')') ? part : throw Wrong("a group must end in )");

    private PatternNode Repeated(PatternNode part)
    {
        while (!AtEnd)
        {
            int start = _at;
            int least;
            int most;
            bool counted = false;
            switch (_pattern[_at++])
            {
                case '*':
                    (least, most) = (0, RepeatNode.Unbounded);
                    break;
                case '+':
                    (least, most) = (1, RepeatNode.Unbounded);
                    break;
                case '?':
                    (least, most) = (0, 1);
                    break;
                case '{' when Counts(out least, out most):
                    counted = true;
                    break;
                default:
                    _at = start;
                    return part;
            }

            if (most > 1 && part.CanBeEmpty)
            {
                throw Wrong("what is repeated must not match nothing");
            }

            // In this syntax {1,2}+ and {2}? repeat the repetition: only *+, ++ and ?+ are
            // possessive.
            Repetition kind = !(counted && least == most) && Take('?') ? Repetition.Lazy
                : !counted && Take('+') ? Repetition.Possessive : Repetition.Greedy;
            part = new RepeatNode(part, least, most, kind);
        }

        return part;
    }

    private bool Counts(out int least, out int most)
    {
        (least, most) = (0, RepeatNode.Unbounded);
        int end = Array.IndexOf(_pattern, '}', _at);
        if (end < 0)
        {
            return false;
        }

        string inside = string.Concat(
            _pattern[_at..end].Select(value => new Rune(value).ToString()));
        string[] bounds = inside.Split(',');
        if (bounds.Length > 2 || inside is "" or ","
            || !Number(bounds[0], ref least) || !Number(bounds[^1], ref most))
        {
            return false;
        }

        if (least > most || least > LongestRepeat
            || (most > LongestRepeat && most != RepeatNode.Unbounded))
        {
            throw Wrong($"a repetition must be 0 … {LongestRepeat} times, the lower count first");
        }

        _at = end + 1;
        return true;
    }

    private static bool Number(string text, ref int value)
    {
        if (text.Length == 0)
        {
            return true;
        }

        bool read = int.TryParse(
            text, NumberStyles.None, CultureInfo.InvariantCulture, out int number);
        value = read ? number : value;
        return read;
    }

    private CodePointSet Cased(CodePointSet set) => _ignoresCase ? set.IgnoringCase() : set;

    private bool Take(char wanted)
    {
        bool there = !AtEnd && _pattern[_at] == wanted;
        _at += there ? 1 : 0;
        return there;
    }

    private InvalidDataException Wrong(string rule) => new(
        $"the pattern \"{PrintableText.Value(_text)}\": {rule}; got "
        + (_at < _pattern.Length
            ? $"\"{PrintableText.Value(new Rune(_pattern[_at]).ToString())}\" at {_at}."
            : "its end."));
}
