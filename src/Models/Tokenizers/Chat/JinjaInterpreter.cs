using System.Text;

namespace Vitrine.Models.Tokenizers.Chat;

/// <summary>Carries out the statements of a template.</summary>
internal sealed class JinjaInterpreter
{
    private const int MostSteps = 1_000_000;
    private const int LongestOutput = 1 << 26;
    private readonly List<Dictionary<string, object?>> _scopes;
    private readonly JinjaEvaluator _evaluator;
    private StringBuilder _output = new();
    private int _steps;

    /// <param name="variables">The variables that the template sees.</param>
    public JinjaInterpreter(Dictionary<string, object?> variables)
    {
        _scopes = [variables];
        _evaluator = new JinjaEvaluator(Variable);
    }

    /// <summary>What the statements write.</summary>
    public string Render(IReadOnlyList<JinjaNode> nodes)
    {
        Run(nodes);
        return _output.ToString();
    }

    private object? Variable(string name)
    {
        for (int i = _scopes.Count - 1; i >= 0; i--)
        {
            if (_scopes[i].TryGetValue(name, out object? value))
            {
                return value;
            }
        }

        return JinjaValue.Undefined;
    }

    private void Run(IReadOnlyList<JinjaNode> nodes)
    {
        foreach (JinjaNode node in nodes)
        {
            Count(1, node.Line);
            switch (node)
            {
                case TextNode text:
                    _output.Append(text.Text);
                    break;
                case OutputNode output:
                    _output.Append(
                        JinjaValue.Text(_evaluator.Evaluate(output.Value), output.Line));
                    break;
                case IfNode choice:
                    Run(choice.Branches.FirstOrDefault(branch => branch.Condition is null
                        || JinjaValue.IsTrue(_evaluator.Evaluate(branch.Condition))).Body ?? []);
                    break;
                case ForNode loop:
                    Loop(loop);
                    break;
                case SetNode { Field: null } set:
                    _scopes[^1][set.Name] = _evaluator.Evaluate(set.Value);
                    break;
                case SetNode set:
                    if (Variable(set.Name) is not JinjaNamespace space)
                    {
                        throw JinjaValue.Wrong(
                            $"{set.Name}.{set.Field} can be set only in a namespace", set.Line);
                    }

                    space.Fields[set.Field] = _evaluator.Evaluate(set.Value);
                    break;
                case CaptureNode capture:
                    StringBuilder outer = _output;
                    _output = new StringBuilder();
                    Run(capture.Body);
                    _scopes[^1][capture.Name] = _output.ToString();
                    _output = outer;
                    break;
            }
        }
    }

    private void Count(int steps, int line)
    {
        _steps += steps;
        if (_steps > MostSteps || _output.Length > LongestOutput)
        {
            throw new InvalidDataException(
                $"ChatTemplate: a chat must take at most {MostSteps:N0} steps and "
                + $"{LongestOutput:N0} characters; got more in line {line} of the template.");
        }
    }

    private void Loop(ForNode loop)
    {
        List<object?> all = JinjaValue.Items(_evaluator.Evaluate(loop.List), loop.Line);
        Count(all.Count, loop.Line);
        var scope = new Dictionary<string, object?>();
        _scopes.Add(scope);
        List<object?> items = all;
        if (loop.Condition is not null)
        {
            items = [];
            foreach (object? item in all)
            {
                Assign(loop, item, scope);
                if (JinjaValue.IsTrue(_evaluator.Evaluate(loop.Condition)))
                {
                    items.Add(item);
                }
            }
        }

        for (int i = 0; i < items.Count; i++)
        {
            scope.Clear();
            Assign(loop, items[i], scope);
            scope["loop"] = new Dictionary<string, object?>
            {
                ["index"] = i + 1L,
                ["index0"] = (long)i,
                ["revindex"] = (long)(items.Count - i),
                ["revindex0"] = items.Count - i - 1L,
                ["first"] = i == 0,
                ["last"] = i == items.Count - 1,
                ["length"] = (long)items.Count,
                ["previtem"] = i > 0 ? items[i - 1] : JinjaValue.Undefined,
                ["nextitem"] = i + 1 < items.Count ? items[i + 1] : JinjaValue.Undefined,
            };
            Run(loop.Body);
        }

        _scopes.RemoveAt(_scopes.Count - 1);
        if (items.Count == 0)
        {
            Run(loop.Otherwise);
        }
    }

    private static void Assign(ForNode loop, object? item, Dictionary<string, object?> scope)
    {
        if (loop.Names.Count == 1)
        {
            scope[loop.Names[0]] = item;
            return;
        }

        List<object?> parts = JinjaValue.Items(item, loop.Line);
        if (parts.Count != loop.Names.Count)
        {
            throw JinjaValue.Wrong(
                $"{loop.Names.Count} names need as many values, not {parts.Count}", loop.Line);
        }

        for (int i = 0; i < parts.Count; i++)
        {
            scope[loop.Names[i]] = parts[i];
        }
    }
}
