namespace Vitrine.Models.Tokenizers.Chat;

/// <summary>Computes the values of expressions.</summary>
/// <param name="variable">The value of a variable.</param>
internal sealed class JinjaEvaluator(Func<string, object?> variable)
{
    private const int Longest = 1 << 22;

    /// <summary>The value of an expression.</summary>
    /// <exception cref="InvalidDataException">It uses what is not supported, or values that do not
    /// go together.</exception>
    public object? Evaluate(JinjaExpression expression)
    {
        object? value = Compute(expression);
        return value is string { Length: > Longest } or List<object?> { Count: > Longest }
            ? throw JinjaValue.Wrong($"a value has at most {Longest} parts", expression.Line)
            : value;
    }

    private object? Compute(JinjaExpression expression)
    {
        switch (expression)
        {
            case ConstantExpression constant:
                return constant.Value;
            case NameExpression name:
                return variable(name.Name);
            case ListExpression list:
                return (List<object?>)[.. list.Items.Select(Evaluate)];
            case IndexExpression index:
                return Element(Evaluate(index.Of), Evaluate(index.Index), index.Line);
            case SliceExpression slice:
                return Slice(slice);
            case UnaryExpression { Operator: "not" } not:
                return !JinjaValue.IsTrue(Evaluate(not.Value));
            case UnaryExpression negated:
                return -Number(Evaluate(negated.Value), negated.Line);
            case BinaryExpression binary:
                return Binary(binary);
            case ChoiceExpression choice:
                return JinjaValue.IsTrue(Evaluate(choice.Condition)) ? Evaluate(choice.Then)
                    : choice.Otherwise is null ? JinjaValue.Undefined : Evaluate(choice.Otherwise);
            case TestExpression test:
                return Test(test);
            case CallExpression call:
                return JinjaCalls.Call(
                    call, call.Of is null ? null : Evaluate(call.Of),
                    [.. call.Arguments.Select(Evaluate)],
                    call.Named.ToDictionary(one => one.Key, one => Evaluate(one.Value)));
            default:
                throw JinjaValue.Wrong(
                    $"{expression.GetType().Name} is not supported", expression.Line);
        }
    }

    private static long Number(object? value, int line) => value is long number ? number
        : throw JinjaValue.Wrong($"a number is needed, not {JinjaValue.Name(value)}", line);

    private static object? Element(object? of, object? index, int line)
    {
        switch (of, index)
        {
            case (Dictionary<string, object?> fields, string name):
                return fields.TryGetValue(name, out object? field) ? field : JinjaValue.Undefined;
            case (JinjaNamespace space, string name):
                return space.Fields.TryGetValue(name, out object? value)
                    ? value : JinjaValue.Undefined;
            case (List<object?> or string, long at):
                List<object?> items = JinjaValue.Items(of, line);
                at += at < 0 ? items.Count : 0;
                return at >= 0 && at < items.Count ? items[(int)at] : JinjaValue.Undefined;
            case (JinjaValue.Missing, _):
                throw JinjaValue.Wrong(
                    $"an undefined value has no {(index as string) ?? "elements"}", line);
            default:
                return JinjaValue.Undefined;
        }
    }

    private object? Slice(SliceExpression slice)
    {
        object? of = Evaluate(slice.Of);
        List<object?> items = JinjaValue.Items(of, slice.Line);
        long step = Bound(slice.Step, 1);
        if (step is 0 or > int.MaxValue or < int.MinValue)
        {
            throw JinjaValue.Wrong("a step must not be 0", slice.Line);
        }

        long count = items.Count;
        long start = Clamped(Bound(slice.Start, step > 0 ? 0 : count - 1), slice.Start is null);
        long stop = Clamped(Bound(slice.Stop, step > 0 ? count : -1), slice.Stop is null);
        var part = new List<object?>();
        for (long at = start; step > 0 ? at < stop : at > stop; at += step)
        {
            part.Add(items[(int)at]);
        }

        return of is string ? string.Concat(part) : part;

        long Bound(JinjaExpression? bound, long otherwise) =>
            bound is null ? otherwise : Number(Evaluate(bound), slice.Line);

        long Clamped(long bound, bool isDefault)
        {
            bound += bound < 0 && !isDefault ? count : 0;
            return step > 0 ? Math.Clamp(bound, 0, count) : Math.Clamp(bound, -1, count - 1);
        }
    }

    private object? Binary(BinaryExpression binary)
    {
        object? left = Evaluate(binary.Left);
        if (binary.Operator is "and" or "or")
        {
            return JinjaValue.IsTrue(left) == (binary.Operator == "or")
                ? left : Evaluate(binary.Right);
        }

        object? right = Evaluate(binary.Right);
        int line = binary.Line;
        return (binary.Operator, left, right) switch
        {
            ("==", _, _) => JinjaValue.AreEqual(left, right),
            ("!=", _, _) => !JinjaValue.AreEqual(left, right),
            ("~", _, _) => JinjaValue.Text(left, line) + JinjaValue.Text(right, line),
            ("in", string part, string whole) => whole.Contains(part, StringComparison.Ordinal),
            ("in", _, List<object?> list) => list.Any(one => JinjaValue.AreEqual(one, left)),
            ("in", string name, Dictionary<string, object?> fields) => fields.ContainsKey(name),
            ("+", string one, string other) => one + other,
            ("+", List<object?> one, List<object?> other) => (List<object?>)[.. one, .. other],
            ("<" or ">" or "<=" or ">=", string one, string other) =>
                Compares(binary.Operator, string.CompareOrdinal(one, other)),
            (_, long one, long other) => Arithmetic(binary.Operator, one, other, line),
            _ => throw JinjaValue.Wrong(
                $"{binary.Operator} does not join {JinjaValue.Name(left)} and "
                + JinjaValue.Name(right), line),
        };
    }

    private static object Arithmetic(string sign, long one, long other, int line) => sign switch
    {
        "+" => one + other,
        "-" => one - other,
        "*" => one * other,
        "//" when other is not (0 or -1) => (long)Math.Floor((double)one / other),
        "%" when other is not (0 or -1) => ((one % other) + other) % other,
        "<" or ">" or "<=" or ">=" => Compares(sign, one.CompareTo(other)),
        _ => throw JinjaValue.Wrong($"{one} {sign} {other} is not supported", line),
    };

    private static bool Compares(string sign, int order) => sign switch
    {
        "<" => order < 0,
        ">" => order > 0,
        "<=" => order <= 0,
        _ => order >= 0,
    };

    private bool Test(TestExpression test)
    {
        object? value = Evaluate(test.Value);
        return test.Name switch
        {
            "defined" => value is not JinjaValue.Missing,
            "undefined" => value is JinjaValue.Missing,
            "none" => value is null,
            "string" => value is string,
            "number" or "integer" => value is long,
            "boolean" => value is bool,
            "mapping" => value is Dictionary<string, object?>,
            "iterable" or "sequence" =>
                value is string or List<object?> or Dictionary<string, object?>,
            "true" => value is true,
            "false" => value is false,
            "odd" => value is long number && number % 2 != 0,
            "even" => value is long number && number % 2 == 0,
            _ => throw JinjaValue.Wrong($"the test \"{test.Name}\" is not supported", test.Line),
        };
    }
}
