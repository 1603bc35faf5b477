namespace Vitrine.Models.Tokenizers.Patterns;

/// <summary>What one instruction does.</summary>
internal enum Operation
{
    /// <summary>The pattern, or the part in a look or an atomic group, has matched.</summary>
    Accept,

    /// <summary>One code point of the set.</summary>
    Set,

    /// <summary>Code points of the set: as many as possible, then fewer.</summary>
    GreedyRun,

    /// <summary>Code points of the set: as few as possible, then more.</summary>
    LazyRun,

    /// <summary>Code points of the set: as many as possible.</summary>
    PossessiveRun,

    /// <summary>Goes on at the target.</summary>
    Jump,

    /// <summary>Goes on here, and at the target if that fails.</summary>
    Try,

    /// <summary>Tests the place.</summary>
    At,

    /// <summary>Runs the part that follows, then goes on at the target.</summary>
    Look,

    /// <summary>Runs the part that follows, goes on at the target where it ended.</summary>
    Atomic,
}

/// <summary>One instruction.</summary>
/// <param name="Operation">What it does.</param>
/// <param name="Set">The code points of a set or run.</param>
/// <param name="Least">The minimum length of a run; of a look, how many code points it goes
/// back.</param>
/// <param name="Most">The maximum length of a run.</param>
/// <param name="Target">Where to go on.</param>
/// <param name="IsNegated">Whether the look must fail.</param>
/// <param name="Place">The place to test.</param>
internal readonly record struct Instruction(
    Operation Operation, CodePointSet? Set = null, int Least = 0, int Most = 0, int Target = 0,
    bool IsNegated = false, Place Place = default);

/// <summary>Turns a pattern into instructions.</summary>
internal sealed class PatternProgram
{
    private const int Longest = 100_000;
    private readonly List<Instruction> _instructions = [];

    private PatternProgram()
    {
    }

    /// <summary>The instructions of a pattern, from the first to <see
    /// cref="Operation.Accept"/>.</summary>
    /// <exception cref="InvalidDataException">There are too many.</exception>
    public static Instruction[] Of(PatternNode node)
    {
        var program = new PatternProgram();
        program.Add(node);
        program.Emit(new Instruction(Operation.Accept));
        return [.. program._instructions];
    }

    private int Emit(Instruction instruction)
    {
        if (_instructions.Count == Longest)
        {
            throw new InvalidDataException(
                $"a pattern must have at most {Longest:N0} steps; got more.");
        }

        _instructions.Add(instruction);
        return _instructions.Count - 1;
    }

    private void Add(PatternNode node)
    {
        switch (node)
        {
            case SetNode one:
                Emit(new Instruction(Operation.Set, one.Set));
                break;
            case SequenceNode sequence:
                foreach (PatternNode part in sequence.Parts)
                {
                    Add(part);
                }

                break;
            case ChoiceNode choice:
                Add(choice);
                break;
            case RepeatNode { Part: SetNode one } run:
                Emit(new Instruction(
                    run.Kind switch
                    {
                        Repetition.Lazy => Operation.LazyRun,
                        Repetition.Possessive => Operation.PossessiveRun,
                        _ => Operation.GreedyRun,
                    },
                    one.Set, run.Least, run.Most));
                break;
            case RepeatNode { Kind: Repetition.Possessive } repeat:
                Add(new AtomicNode(repeat with { Kind = Repetition.Greedy }));
                break;
            case RepeatNode repeat:
                Add(repeat);
                break;
            case LookNode look:
                Add(look);
                break;
            case AtomicNode atomic:
                int at = Emit(default);
                Add(atomic.Part);
                Emit(new Instruction(Operation.Accept));
                _instructions[at] = new Instruction(
                    Operation.Atomic, Target: _instructions.Count);
                break;
            case PlaceNode place:
                Emit(new Instruction(Operation.At, Place: place.Place));
                break;
            default:
                throw new InvalidOperationException($"Pattern: {node.GetType().Name} is new.");
        }
    }

    private void Add(ChoiceNode choice)
    {
        var ends = new List<int>();
        for (int i = 0; i < choice.Choices.Count - 1; i++)
        {
            int at = Emit(default);
            Add(choice.Choices[i]);
            ends.Add(Emit(default));
            _instructions[at] = new Instruction(Operation.Try, Target: _instructions.Count);
        }

        Add(choice.Choices[^1]);
        foreach (int end in ends)
        {
            _instructions[end] = new Instruction(Operation.Jump, Target: _instructions.Count);
        }
    }

    private void Add(RepeatNode repeat)
    {
        for (int i = 0; i < repeat.Least; i++)
        {
            Add(repeat.Part);
        }

        if (repeat.Most == RepeatNode.Unbounded)
        {
            int start = Emit(default);
            Add(repeat.Part);
            Emit(new Instruction(Operation.Jump, Target: start));
            Choose(start, repeat.Kind);
            return;
        }

        var optional = new List<int>();
        for (int i = repeat.Least; i < repeat.Most; i++)
        {
            optional.Add(Emit(default));
            Add(repeat.Part);
        }

        foreach (int at in optional)
        {
            Choose(at, repeat.Kind);
        }
    }

    /// <summary>Once more, or on behind the repetition. A lazy one tries what is behind
    /// first: a jump there would need a second instruction, so the two are told apart by
    /// <see cref="Instruction.IsNegated"/>.</summary>
    private void Choose(int at, Repetition kind) => _instructions[at] = new Instruction(
        Operation.Try, Target: _instructions.Count, IsNegated: kind == Repetition.Lazy);

    private void Add(LookNode look)
    {
        // Behind, each choice goes back by its own length.
        IReadOnlyList<PatternNode> choices = look is { IsBehind: true, Part: ChoiceNode choice }
            ? choice.Choices : [look.Part];
        if (choices.Count > 1 && choices.Select(part => part.Width).Distinct().Count() > 1)
        {
            if (look.IsNegated)
            {
                foreach (PatternNode part in choices)
                {
                    Add(look with { Part = part });
                }
            }
            else
            {
                Add(new ChoiceNode([.. choices.Select(part => look with { Part = part })]));
            }

            return;
        }

        int at = Emit(default);
        Add(look.Part);
        Emit(new Instruction(Operation.Accept));
        _instructions[at] = new Instruction(
            Operation.Look, Least: look.IsBehind ? look.Part.Width ?? 0 : 0,
            Target: _instructions.Count, IsNegated: look.IsNegated);
    }
}
