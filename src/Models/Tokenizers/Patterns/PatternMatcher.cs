using System.Buffers;
using System.Text;

namespace Vitrine.Models.Tokenizers.Patterns;

/// <summary>Runs a pattern over one text.</summary>
internal ref struct PatternMatcher : IDisposable
{
    private const long FewestSteps = 1_000_000;
    private const long StepsPerCharacter = 1000;
    private readonly CodePointPattern _pattern;
    private readonly Instruction[] _program;
    private readonly ReadOnlySpan<char> _text;
    private (int Instruction, int At, int Floor)[] _choices;
    private int _count;
    private long _steps;

    public PatternMatcher(
        CodePointPattern pattern, Instruction[] program, ReadOnlySpan<char> text)
    {
        _pattern = pattern;
        _program = program;
        _text = text;
        _choices = ArrayPool<(int, int, int)>.Shared.Rent(64);
    }

    public readonly void Dispose() => ArrayPool<(int, int, int)>.Shared.Return(_choices);

    /// <summary>The end of the match that begins at a place; −1 if none does.</summary>
    /// <exception cref="InvalidOperationException">It takes too many steps.</exception>
    public int MatchAt(int start)
    {
        _steps = FewestSteps + (StepsPerCharacter * _text.Length);
        _count = 0;
        return Run(0, start);
    }

    /// <summary>The length of the code point at a place, in UTF-16 units.</summary>
    public static int Length(ReadOnlySpan<char> text, int at) =>
        char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1])
            ? 2 : 1;

    private int Run(int instruction, int at)
    {
        int bottom = _count;
        while (true)
        {
            if (--_steps < 0)
            {
                throw new InvalidOperationException(
                    $"Tokenizer: the pattern \"{PrintableText.Value(_pattern.Pattern)}\" takes too "
                    + $"many steps on a text of {_text.Length:N0} characters; use a pattern "
                    + "without nested repetitions.");
            }

            Instruction next = _program[instruction];
            bool goesOn;
            switch (next.Operation)
            {
                case Operation.Accept:
                    _count = bottom;
                    return at;
                case Operation.Set:
                    goesOn = One(next.Set!, ref at);
                    instruction++;
                    break;
                case Operation.GreedyRun:
                case Operation.PossessiveRun:
                    goesOn = Longest(next, instruction, ref at);
                    instruction++;
                    break;
                case Operation.LazyRun:
                    goesOn = Shortest(next, instruction, ref at);
                    instruction++;
                    break;
                case Operation.Jump:
                    instruction = next.Target;
                    goesOn = true;
                    break;
                case Operation.Try:
                    Push(next.IsNegated ? instruction + 1 : next.Target, at, -1);
                    instruction = next.IsNegated ? next.Target : instruction + 1;
                    goesOn = true;
                    break;
                case Operation.At:
                    goesOn = IsAt(next.Place, at);
                    instruction++;
                    break;
                case Operation.Look:
                    int from = at;
                    goesOn = GoBack(next.Least, ref from)
                        && Run(instruction + 1, from) >= 0;
                    goesOn ^= next.IsNegated;
                    instruction = next.Target;
                    break;
                default:
                    int end = Run(instruction + 1, at);
                    goesOn = end >= 0;
                    at = end;
                    instruction = next.Target;
                    break;
            }

            if (!goesOn && !Retreat(bottom, ref instruction, ref at))
            {
                return -1;
            }
        }
    }

    private readonly bool One(CodePointSet set, ref int at)
    {
        if (at >= _text.Length)
        {
            return false;
        }

        char c = _text[at];
        if (c < 128)
        {
            at++;
            return set.Contains(c);
        }

        int length = Length(_text, at);
        int value = length == 2 ? char.ConvertToUtf32(c, _text[at + 1]) : c;
        at += length;
        return set.Contains(value);
    }

    private bool Longest(in Instruction run, int instruction, ref int at)
    {
        int floor = at;
        int count = 0;
        int here = at;
        while (count < run.Most)
        {
            int next = here;
            if (!One(run.Set!, ref next))
            {
                break;
            }

            here = next;
            if (++count == run.Least)
            {
                floor = here;
            }
        }

        _steps -= count / 8;
        if (count < run.Least)
        {
            return false;
        }

        if (run.Operation == Operation.GreedyRun && here > floor)
        {
            Push(instruction, here, floor);
        }

        at = here;
        return true;
    }

    private bool Shortest(in Instruction run, int instruction, ref int at)
    {
        for (int i = 0; i < run.Least; i++)
        {
            if (!One(run.Set!, ref at))
            {
                return false;
            }
        }

        if (run.Most > run.Least)
        {
            Push(instruction, at, run.Most == RepeatNode.Unbounded ? 0 : run.Most - run.Least);
        }

        return true;
    }

    /// <summary>The last choice that is left: of a greedy run one code point less, of a lazy one
    /// one more.</summary>
    private bool Retreat(int bottom, ref int instruction, ref int at)
    {
        while (_count > bottom)
        {
            (int choice, int place, int floor) = _choices[--_count];
            if (floor < 0)
            {
                (instruction, at) = (choice, place);
                return true;
            }

            Instruction run = _program[choice];
            if (run.Operation == Operation.GreedyRun)
            {
                GoBack(1, ref place);
                if (place > floor)
                {
                    Push(choice, place, floor);
                }
            }
            else
            {
                if (!One(run.Set!, ref place))
                {
                    continue;
                }

                if (floor != 1)
                {
                    Push(choice, place, Math.Max(0, floor - 1));
                }
            }

            (instruction, at) = (choice + 1, place);
            return true;
        }

        return false;
    }

    private readonly bool GoBack(int codePoints, ref int at)
    {
        for (int i = 0; i < codePoints; i++)
        {
            if (at == 0)
            {
                return false;
            }

            at--;
            if (at > 0 && char.IsLowSurrogate(_text[at]) && char.IsHighSurrogate(_text[at - 1]))
            {
                at--;
            }
        }

        return true;
    }

    private readonly bool IsAt(Place place, int at) => place switch
    {
        Place.TextStart => at == 0,
        Place.TextEnd => at == _text.Length,
        Place.LastLineEnd => at == _text.Length
            || (at == _text.Length - 1 && _text[at] == '\n'),
        Place.LineStart => at == 0 || (_text[at - 1] == '\n' && at < _text.Length),
        Place.LineEnd => at == _text.Length || _text[at] == '\n',
        _ => (IsWord(at) != IsWordBefore(at)) == (place == Place.WordBoundary),
    };

    private readonly bool IsWord(int at) => One(CharacterSets.Word, ref at);

    private readonly bool IsWordBefore(int at) => GoBack(1, ref at) && IsWord(at);

    private void Push(int instruction, int at, int floor)
    {
        if (_count == _choices.Length)
        {
            (int, int, int)[] larger = ArrayPool<(int, int, int)>.Shared.Rent(_count * 2);
            _choices.AsSpan(0, _count).CopyTo(larger);
            ArrayPool<(int, int, int)>.Shared.Return(_choices);
            _choices = larger;
        }

        _choices[_count++] = (instruction, at, floor);
    }
}
