namespace Vitrine.Models.Tokenizers.Chat;

/// <content>What may follow a value: fields, elements, calls and filters.</content>
internal sealed partial class JinjaExpressions
{
    private JinjaExpression Postfix(JinjaExpression value)
    {
        while (true)
        {
            int line = Here.Line;
            if (TakeSign("."))
            {
                JinjaToken name = Take(JinjaKind.Name);
                value = Here is { Kind: JinjaKind.Sign, Value: "(" }
                    ? Call(value, name.Value, line)
                    : new IndexExpression(
                        value, new ConstantExpression(name.Value, line), line);
            }
            else if (TakeSign("["))
            {
                value = Element(value, line);
            }
            else if (TakeSign("|"))
            {
                string name = Take(JinjaKind.Name).Value;
                value = (Here is { Kind: JinjaKind.Sign, Value: "(" }
                    ? Call(value, name, line)
                    : new CallExpression(
                        value, name, [], new Dictionary<string, JinjaExpression>(), line)) with
                {
                    IsFilter = true,
                };
            }
            else
            {
                return value;
            }
        }
    }

    private JinjaExpression Element(JinjaExpression value, int line)
    {
        JinjaExpression? start = Here.Value is ":" && Here.Kind == JinjaKind.Sign
            ? null : Expression();
        if (TakeSign("]"))
        {
            return new IndexExpression(value, start!, line);
        }

        var bounds = new JinjaExpression?[2];
        for (int i = 0; i < 2 && TakeSign(":"); i++)
        {
            bool isEmpty = Here is { Kind: JinjaKind.Sign, Value: ":" or "]" };
            bounds[i] = isEmpty ? null : Expression();
        }

        return TakeSign("]") ? new SliceExpression(value, start, bounds[0], bounds[1], line)
            : throw Wrong("] must be next");
    }

    private CallExpression Call(JinjaExpression? of, string name, int line)
    {
        var arguments = new List<JinjaExpression>();
        var named = new Dictionary<string, JinjaExpression>();
        TakeSign("(");
        while (!TakeSign(")"))
        {
            if (Here.Kind == JinjaKind.Name
                && tokens[_at + 1] is { Kind: JinjaKind.Sign, Value: "=" })
            {
                string argument = Next().Value;
                TakeSign("=");
                named[argument] = Expression();
            }
            else
            {
                arguments.Add(Expression());
            }

            if (!TakeSign(",") && Here.Value != ")")
            {
                throw Wrong(") must be next");
            }
        }

        return new CallExpression(of, name, arguments, named, line);
    }
}
