namespace Vitrine.Models.Tokenizers.Chat;

/// <summary>A part of a template.</summary>
internal abstract record JinjaNode(int Line);

/// <summary>Text as it stands.</summary>
internal sealed record TextNode(string Text, int Line) : JinjaNode(Line);

/// <summary>A value that is written.</summary>
internal sealed record OutputNode(JinjaExpression Value, int Line) : JinjaNode(Line);

/// <summary>Statements of which the first whose condition holds is carried out.</summary>
internal sealed record IfNode(
    IReadOnlyList<(JinjaExpression? Condition, IReadOnlyList<JinjaNode> Body)> Branches, int Line)
    : JinjaNode(Line);

/// <summary>Statements for each element of a list.</summary>
internal sealed record ForNode(
    IReadOnlyList<string> Names, JinjaExpression List, JinjaExpression? Condition,
    IReadOnlyList<JinjaNode> Body, IReadOnlyList<JinjaNode> Otherwise, int Line) : JinjaNode(Line);

/// <summary>Gives a variable, or a field of a namespace, a value.</summary>
internal sealed record SetNode(
    string Name, string? Field, JinjaExpression Value, int Line) : JinjaNode(Line);

/// <summary>Gives a variable the text that statements write.</summary>
internal sealed record CaptureNode(string Name, IReadOnlyList<JinjaNode> Body, int Line)
    : JinjaNode(Line);

/// <summary>A value to be computed.</summary>
internal abstract record JinjaExpression(int Line);

/// <summary>A constant.</summary>
internal sealed record ConstantExpression(object? Value, int Line) : JinjaExpression(Line);

/// <summary>A variable.</summary>
internal sealed record NameExpression(string Name, int Line) : JinjaExpression(Line);

/// <summary>A list.</summary>
internal sealed record ListExpression(IReadOnlyList<JinjaExpression> Items, int Line)
    : JinjaExpression(Line);

/// <summary>A field or element.</summary>
internal sealed record IndexExpression(JinjaExpression Of, JinjaExpression Index, int Line)
    : JinjaExpression(Line);

/// <summary>A part of a list or string.</summary>
internal sealed record SliceExpression(
    JinjaExpression Of, JinjaExpression? Start, JinjaExpression? Stop, JinjaExpression? Step,
    int Line) : JinjaExpression(Line);

/// <summary>An operator with one operand.</summary>
internal sealed record UnaryExpression(string Operator, JinjaExpression Value, int Line)
    : JinjaExpression(Line);

/// <summary>An operator with two operands.</summary>
internal sealed record BinaryExpression(
    string Operator, JinjaExpression Left, JinjaExpression Right, int Line) : JinjaExpression(Line);

/// <summary>A choice.</summary>
internal sealed record ChoiceExpression(
    JinjaExpression Condition, JinjaExpression Then, JinjaExpression? Otherwise, int Line)
    : JinjaExpression(Line);

/// <summary>A function, or a method of a value; a filter is called so too.</summary>
internal sealed record CallExpression(
    JinjaExpression? Of, string Name, IReadOnlyList<JinjaExpression> Arguments,
    IReadOnlyDictionary<string, JinjaExpression> Named, int Line) : JinjaExpression(Line)
{
    /// <summary>Whether it stood behind a <c>|</c>.</summary>
    public bool IsFilter { get; init; }
}

/// <summary>A test.</summary>
internal sealed record TestExpression(JinjaExpression Value, string Name, int Line)
    : JinjaExpression(Line);
