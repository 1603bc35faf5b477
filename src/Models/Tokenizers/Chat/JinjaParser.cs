namespace Vitrine.Models.Tokenizers.Chat;

/// <summary>Reads the statements of a template.</summary>
internal sealed class JinjaParser
{
    private const int Deepest = 50;
    private readonly JinjaExpressions _expressions;
    private int _depth;

    private JinjaParser(JinjaExpressions expressions) => _expressions = expressions;

    /// <summary>The parts of a template.</summary>
    /// <exception cref="InvalidDataException">It is malformed, or uses what is not
    /// supported.</exception>
    public static IReadOnlyList<JinjaNode> Parse(string text)
    {
        var parser = new JinjaParser(new JinjaExpressions(JinjaLexer.Tokens(text)));
        return parser.Body([], out _);
    }

    /// <summary>Statements up to one of some words, which has been read when this
    /// returns.</summary>
    private List<JinjaNode> Body(ReadOnlySpan<string> ends, out string end)
    {
        if (++_depth > Deepest)
        {
            throw _expressions.Wrong($"statements must be nested at most {Deepest} deep");
        }

        var nodes = new List<JinjaNode>();
        while (true)
        {
            JinjaToken token = _expressions.Next();
            switch (token.Kind)
            {
                case JinjaKind.Text:
                    nodes.Add(new TextNode(token.Value, token.Line));
                    break;
                case JinjaKind.OutputStart:
                    nodes.Add(new OutputNode(_expressions.Expression(), token.Line));
                    _expressions.Take(JinjaKind.OutputEnd);
                    break;
                case JinjaKind.End:
                    if (ends.Length > 0)
                    {
                        throw _expressions.Wrong($"a statement must end in {ends[^1]}");
                    }

                    end = "";
                    _depth--;
                    return nodes;
                default:
                    string word = _expressions.Take(JinjaKind.Name).Value;
                    if (ends.Contains(word))
                    {
                        end = word;
                        _depth--;
                        return nodes;
                    }

                    Statement(word, token.Line, nodes);
                    break;
            }
        }
    }

    private void Statement(string word, int line, List<JinjaNode> nodes)
    {
        switch (word)
        {
            case "if":
                nodes.Add(If(line));
                break;
            case "for":
                nodes.Add(For(line));
                break;
            case "set":
                nodes.Add(Set(line));
                break;
            case "generation":
                // Marks what the model said, for training; it writes nothing.
                Close();
                nodes.AddRange(Body(["endgeneration"], out _));
                Close();
                break;
            default:
                throw _expressions.Wrong(
                    $"statements are if, for, set and generation; \"{word}\" is not supported");
        }
    }

    private IfNode If(int line)
    {
        var branches = new List<(JinjaExpression?, IReadOnlyList<JinjaNode>)>();
        JinjaExpression? condition = _expressions.Expression();
        while (true)
        {
            Close();
            List<JinjaNode> body = Body(
                condition is null ? ["endif"] : ["elif", "else", "endif"], out string end);
            branches.Add((condition, body));
            if (end == "endif")
            {
                Close();
                return new IfNode(branches, line);
            }

            condition = end == "elif" ? _expressions.Expression() : null;
        }
    }

    private ForNode For(int line)
    {
        var names = new List<string> { _expressions.Take(JinjaKind.Name).Value };
        while (_expressions.TakeSign(","))
        {
            names.Add(_expressions.Take(JinjaKind.Name).Value);
        }

        _expressions.TakeWord("in");
        JinjaExpression list = _expressions.WithoutChoice();
        JinjaExpression? condition = _expressions.TryWord("if") ? _expressions.Expression() : null;
        Close();
        List<JinjaNode> body = Body(["else", "endfor"], out string end);
        Close();
        List<JinjaNode> otherwise = [];
        if (end == "else")
        {
            otherwise = Body(["endfor"], out _);
            Close();
        }

        return new ForNode(names, list, condition, body, otherwise, line);
    }

    private JinjaNode Set(int line)
    {
        string name = _expressions.Take(JinjaKind.Name).Value;
        string? field = _expressions.TakeSign(".")
            ? _expressions.Take(JinjaKind.Name).Value : null;
        if (_expressions.TakeSign("="))
        {
            var set = new SetNode(name, field, _expressions.Expression(), line);
            Close();
            return set;
        }

        Close();
        List<JinjaNode> body = Body(["endset"], out _);
        Close();
        return new CaptureNode(name, body, line);
    }

    private void Close() => _expressions.Take(JinjaKind.StatementEnd);
}
