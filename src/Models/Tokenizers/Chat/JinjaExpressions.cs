using System.Globalization;

namespace Vitrine.Models.Tokenizers.Chat;

/// <summary>Reads expressions from the tokens of a template.</summary>
internal sealed partial class JinjaExpressions(List<JinjaToken> tokens)
{
    private const int Deepest = 100;
    private static readonly string[] Comparisons = ["==", "!=", "<=", ">=", "<", ">"];
    private static readonly string[] Sums = ["+", "-", "~"];
    private static readonly string[] Products = ["*", "//", "/", "%"];
    private int _at;
    private int _depth;

    private JinjaToken Here => tokens[_at];

    /// <summary>The next token, which is then read.</summary>
    public JinjaToken Next() => tokens[_at].Kind == JinjaKind.End ? tokens[_at] : tokens[_at++];

    /// <summary>A token of a kind that must be next.</summary>
    public JinjaToken Take(JinjaKind kind) => Here.Kind == kind
        ? Next() : throw Wrong($"{kind} must be next");

    /// <summary>Reads a sign if it is next.</summary>
    public bool TakeSign(string sign)
    {
        bool there = Here is { Kind: JinjaKind.Sign } && Here.Value == sign;
        _at += there ? 1 : 0;
        return there;
    }

    /// <summary>Reads a word if it is next.</summary>
    public bool TryWord(string word)
    {
        bool there = Here is { Kind: JinjaKind.Name } && Here.Value == word;
        _at += there ? 1 : 0;
        return there;
    }

    /// <summary>Reads a word that must be next.</summary>
    public void TakeWord(string word)
    {
        if (!TryWord(word))
        {
            throw Wrong($"{word} must be next");
        }
    }

    /// <summary>An expression.</summary>
    public JinjaExpression Expression()
    {
        if (++_depth > Deepest)
        {
            throw Wrong($"expressions must be nested at most {Deepest} deep");
        }

        JinjaExpression value = WithoutChoice();
        while (Here.Kind == JinjaKind.Name && Here.Value == "if")
        {
            int line = Next().Line;
            JinjaExpression condition = WithoutChoice();
            value = new ChoiceExpression(
                condition, value, TryWord("else") ? Expression() : null, line);
        }

        _depth--;
        return value;
    }

    /// <summary>An expression that an <c>if</c> behind it does not belong to.</summary>
    public JinjaExpression WithoutChoice()
    {
        JinjaExpression value = And();
        while (TryWord("or"))
        {
            value = new BinaryExpression("or", value, And(), value.Line);
        }

        return value;
    }

    /// <summary>An error about where reading stands.</summary>
    public InvalidDataException Wrong(string rule) => new(
        $"ChatTemplate: {rule}; got "
        + (Here.Value.Length > 0 ? $"\"{PrintableText.Value(Here.Value)}\"" : $"{Here.Kind}")
        + $" in line {Here.Line} of the template.");

    private JinjaExpression And()
    {
        JinjaExpression value = Not();
        while (TryWord("and"))
        {
            value = new BinaryExpression("and", value, Not(), value.Line);
        }

        return value;
    }

    private JinjaExpression Not()
    {
        int count = 0;
        int line = Here.Line;
        while (TryWord("not"))
        {
            count++;
        }

        JinjaExpression value = Comparison();
        return count == 0 ? value
            : count % 2 == 1 ? new UnaryExpression("not", value, line)
            : new UnaryExpression("not", new UnaryExpression("not", value, line), line);
    }

    private JinjaExpression Comparison()
    {
        JinjaExpression value = Operators(0);
        while (true)
        {
            int line = Here.Line;
            if (Here.Kind == JinjaKind.Sign && Comparisons.Contains(Here.Value))
            {
                string sign = Next().Value;
                value = new BinaryExpression(sign, value, Operators(0), line);
            }
            else if (TryWord("in"))
            {
                value = new BinaryExpression("in", value, Operators(0), line);
            }
            else if (Here is { Kind: JinjaKind.Name, Value: "not" }
                && tokens[_at + 1] is { Kind: JinjaKind.Name, Value: "in" })
            {
                _at += 2;
                value = new UnaryExpression(
                    "not", new BinaryExpression("in", value, Operators(0), line), line);
            }
            else
            {
                return value;
            }
        }
    }

    private JinjaExpression Operators(int level)
    {
        if (level == 2)
        {
            return Sign();
        }

        string[] signs = level == 0 ? Sums : Products;
        JinjaExpression value = Operators(level + 1);
        while (Here.Kind == JinjaKind.Sign && signs.Contains(Here.Value))
        {
            string sign = Next().Value;
            value = new BinaryExpression(sign, value, Operators(level + 1), value.Line);
        }

        return value;
    }

    private JinjaExpression Sign()
    {
        int line = Here.Line;
        bool negative = TakeSign("-");
        JinjaExpression value = Tested(Postfix(Primary()));
        return negative ? new UnaryExpression("-", value, line) : value;
    }

    private JinjaExpression Tested(JinjaExpression value)
    {
        while (TryWord("is"))
        {
            bool negated = TryWord("not");
            JinjaToken name = Take(JinjaKind.Name);
            JinjaExpression test = new TestExpression(value, name.Value, name.Line);
            value = negated ? new UnaryExpression("not", test, name.Line) : test;
        }

        return value;
    }

    private JinjaExpression Primary()
    {
        JinjaToken token = Next();
        switch (token.Kind)
        {
            case JinjaKind.String:
                string text = token.Value;
                while (Here.Kind == JinjaKind.String)
                {
                    text += Next().Value;
                }

                return new ConstantExpression(text, token.Line);
            case JinjaKind.Number when long.TryParse(
                token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out long number):
                return new ConstantExpression(number, token.Line);
            case JinjaKind.Name:
                return token.Value switch
                {
                    "true" or "True" => new ConstantExpression(true, token.Line),
                    "false" or "False" => new ConstantExpression(false, token.Line),
                    "none" or "None" => new ConstantExpression(null, token.Line),
                    _ when Here is { Kind: JinjaKind.Sign, Value: "(" } =>
                        Call(null, token.Value, token.Line),
                    _ => new NameExpression(token.Value, token.Line),
                };
            case JinjaKind.Sign when token.Value == "(":
                JinjaExpression inner = Expression();
                return TakeSign(")") ? inner : throw Wrong(") must be next");
            case JinjaKind.Sign when token.Value == "[":
                var items = new List<JinjaExpression>();
                while (!TakeSign("]"))
                {
                    items.Add(Expression());
                    if (!TakeSign(",") && Here.Value != "]")
                    {
                        throw Wrong("] must be next");
                    }
                }

                return new ListExpression(items, token.Line);
            default:
                _at = Math.Max(0, _at - 1);
                throw Wrong("a value must be next");
        }
    }
}
