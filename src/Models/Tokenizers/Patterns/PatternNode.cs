namespace Vitrine.Models.Tokenizers.Patterns;

/// <summary>A part of a pattern, as it was read.</summary>
internal abstract record PatternNode
{
    /// <summary>How many code points the part spans, if that is one number; else null.</summary>
    public abstract int? Width { get; }

    /// <summary>Whether the part may span nothing.</summary>
    public abstract bool CanBeEmpty { get; }
}

/// <summary>One code point of a set.</summary>
internal sealed record SetNode(CodePointSet Set) : PatternNode
{
    public override int? Width => 1;

    public override bool CanBeEmpty => false;
}

/// <summary>Parts one behind the other.</summary>
internal sealed record SequenceNode(IReadOnlyList<PatternNode> Parts) : PatternNode
{
    public override int? Width => Parts.Aggregate((int?)0, (sum, part) => sum + part.Width);

    public override bool CanBeEmpty => Parts.All(part => part.CanBeEmpty);
}

/// <summary>The first of several parts that leads to a match.</summary>
internal sealed record ChoiceNode(IReadOnlyList<PatternNode> Choices) : PatternNode
{
    public override int? Width => Choices.Select(choice => choice.Width).Distinct().Count() == 1
        ? Choices[0].Width : null;

    public override bool CanBeEmpty => Choices.Any(choice => choice.CanBeEmpty);
}

/// <summary>How many of what could be repeated is taken first.</summary>
internal enum Repetition
{
    /// <summary>As many as possible, then fewer.</summary>
    Greedy,

    /// <summary>As few as possible, then more.</summary>
    Lazy,

    /// <summary>As many as possible, never fewer.</summary>
    Possessive,
}

/// <summary>A part several times.</summary>
internal sealed record RepeatNode(
    PatternNode Part, int Least, int Most, Repetition Kind) : PatternNode
{
    /// <summary>No upper bound.</summary>
    public const int Unbounded = int.MaxValue;

    public override int? Width => Least == Most ? Part.Width * Least : null;

    public override bool CanBeEmpty => Least == 0 || Part.CanBeEmpty;
}

/// <summary>A part that must, or must not, match ahead of here or up to here.</summary>
internal sealed record LookNode(PatternNode Part, bool IsBehind, bool IsNegated) : PatternNode
{
    public override int? Width => 0;

    public override bool CanBeEmpty => true;
}

/// <summary>A part whose first match is kept.</summary>
internal sealed record AtomicNode(PatternNode Part) : PatternNode
{
    public override int? Width => Part.Width;

    public override bool CanBeEmpty => Part.CanBeEmpty;
}

/// <summary>A place in the text.</summary>
internal enum Place
{
    /// <summary>The start of the text.</summary>
    TextStart,

    /// <summary>The end of the text.</summary>
    TextEnd,

    /// <summary>The end of the text, or before a line break that ends it.</summary>
    LastLineEnd,

    /// <summary>The start of a line.</summary>
    LineStart,

    /// <summary>The end of a line.</summary>
    LineEnd,

    /// <summary>Between a word character and another, or an end of the text.</summary>
    WordBoundary,

    /// <summary>Any other place.</summary>
    NoWordBoundary,
}

/// <summary>A place that must be here.</summary>
internal sealed record PlaceNode(Place Place) : PatternNode
{
    public override int? Width => 0;

    public override bool CanBeEmpty => true;
}
