using Vitrine.Tensors;

namespace Vitrine.Autograd.Tests;

/// <summary>Every rule, with its formula in float64.</summary>
internal static class RuleSpecs
{
    private static readonly int[] Ids = [3, 0, 3, 1, 3, 0];

    public static IEnumerable<RuleSpec> All =>
    [
        Unary("Exp", (t, x) => t.Exp(x), Math.Exp),
        Unary("Log", (t, x) => t.Log(x), Math.Log, low: 0.2),
        Unary("Relu", (t, x) => t.Relu(x), x => Math.Max(x, 0)),
        Unary("Silu", (t, x) => t.Silu(x), x => x / (1 + Math.Exp(-x))),
        Unary("Gelu", (t, x) => t.Gelu(x), Gelu),
        Unary(
            "GeluTanh", (t, x) => t.GeluTanh(x), x =>
                x / (1 + Math.Exp(-2 * Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x))))),
        Unary("Clamp", (t, x) => t.Clamp(x, -0.4f, 0.7f), x => Math.Clamp(x, -0.4f, 0.7f)),
        Unary("Tanh", (t, x) => t.Tanh(x), Math.Tanh),
        Unary("Sqrt", (t, x) => t.Sqrt(x), Math.Sqrt, low: 0.2),
        Unary("Rsqrt", (t, x) => t.Rsqrt(x), x => 1 / Math.Sqrt(x), low: 0.2),
        Unary("Negate", (t, x) => t.Negate(x), x => -x),
        Unary("Abs", (t, x) => t.Abs(x), Math.Abs),
        Unary("Square", (t, x) => t.Square(x), x => x * x),
        Unary("Sigmoid", (t, x) => t.Sigmoid(x), x => 1 / (1 + Math.Exp(-x))),
        Unary("Scale", (t, x) => t.Scale(x, -1.5f), x => -1.5 * x),
        .. Binary("Add", (t, a, b) => t.Add(a, b), (a, b) => a + b),
        .. Binary("Subtract", (t, a, b) => t.Subtract(a, b), (a, b) => a - b),
        .. Binary("Multiply", (t, a, b) => t.Multiply(a, b), (a, b) => a * b),
        .. Binary("Divide", (t, a, b) => t.Divide(a, b), (a, b) => a / b, low: 0.5),
        .. Binary("AddScaled", (t, a, b) => t.AddScaled(a, b, 0.75f), (a, b) => a + (0.75 * b)),
        .. Reduction("Sum", (t, x, axis, keep) => t.Sum(x, axis, keep), Enumerable.Sum),
        .. Reduction("Mean", (t, x, axis, keep) => t.Mean(x, axis, keep), Enumerable.Average),
        .. Reduction("Max", (t, x, axis, keep) => t.Max(x, axis, keep), Enumerable.Max),
        .. Reduction("LogSumExp", (t, x, axis, keep) => t.LogSumExp(x, axis, keep), LogSumExp),
        .. Normalised("Softmax", (t, x, axis) => t.Softmax(x, axis), Softmax),
        .. Normalised(
            "LogSoftmax", (t, x, axis) => t.LogSoftmax(x, axis),
            run => Array.ConvertAll(run, x => x - LogSumExp(run))),
        .. AttentionRuleSpecs.All,
        .. NormRuleSpecs.All,
        .. HeadRuleSpecs.All,
        Product("plain", [3, 4], [4, 5]),
        Product("one batch of the same", [2, 3, 4], [2, 4, 5]),
        Product("one weight for a batch", [2, 3, 4], [4, 5]),
        Product("both batches stretched", [2, 1, 3, 4], [3, 4, 2]),
        new()
        {
            Op = "MatMul",
            Case = "transposed and scaled",
            Inputs = [[4, 3], [5, 4]],
            Run = (t, v) => t.MatMul(t.Transpose(v[0]), t.Transpose(v[1]), 0.5f),
            Reference = v => Array64.MatMul(v[0].Transpose(0, 1), v[1].Transpose(0, 1)).Map(
                x => x / 2),
        },
        new()
        {
            Op = "Transpose",
            Inputs = [[2, 3, 4]],
            Run = (t, v) => t.Transpose(v[0], 0, 2),
            Reference = v => v[0].Transpose(0, 2),
        },
        new()
        {
            Op = "Reshape",
            Inputs = [[2, 3, 4]],
            Run = (t, v) => t.Reshape(v[0], 6, -1),
            Reference = v => new Array64([6, 4], v[0].Values),
        },
        new()
        {
            Op = "Slice",
            Inputs = [[3, 5]],
            Run = (t, v) => t.Slice(v[0], -1, 1, 3),
            Reference = v => v[0].Slice(-1, 1, 3),
        },
        new()
        {
            Op = "GatherRows",
            Inputs = [[4, 3]],
            Run = (t, v) => t.GatherRows(v[0], t.Own(Tensor.From<int>(Ids, [2, 3]))),
            Reference = v => new Array64([2, 3, 3], [.. Ids.SelectMany(id => v[0].Row(id).Values)]),
        },
        new()
        {
            Op = "AddRows",
            Inputs = [[4, 3], [6, 3]],
            Run = (t, v) => t.AddRows(v[0], t.Own(Tensor.From<int>(Ids, [6])), v[1]),
            Reference = v => new Array64([4, 3], [.. v[0].Values.Select((value, i) =>
                value + Enumerable.Range(0, 6).Where(row => Ids[row] == i / 3)
                    .Sum(row => v[1].Values[(row * 3) + (i % 3)]))]),
        },
        new()
        {
            Op = "CrossEntropy",
            Inputs = [[6, 5]],
            Run = (t, v) => t.CrossEntropy(v[0], t.Own(Tensor.From<int>(Ids, [6]))),
            Reference = v => CrossEntropy(v[0]),
        },
        new()
        {
            Op = "LinearCrossEntropy",
            Inputs = [[6, 3], [3, 5], [5]],
            Run = (t, v) => t.LinearCrossEntropy(
                v[0], v[1], v[2], t.Own(Tensor.From<int>(Ids, [6]))),
            Reference = v => CrossEntropy(
                Array64.Zip(Array64.MatMul(v[0], v[1]), v[2], (a, b) => a + b)),
        },
        new()
        {
            Op = "LinearCrossEntropy",
            Case = "weight stored transposed, no bias",
            Inputs = [[6, 3], [5, 3]],
            Run = (t, v) => t.LinearCrossEntropy(
                v[0], t.Transpose(v[1]), null, t.Own(Tensor.From<int>(Ids, [6]))),
            Reference = v => CrossEntropy(Array64.MatMul(v[0], v[1].Transpose(0, 1))),
        },
        new()
        {
            Op = "LinearAt",
            Inputs = [[4, 3], [3, 5], [5]],
            Run = (t, v) => t.LinearAt(
                v[0], v[1], v[2], t.Own(Tensor.From<int>(Ids, [6])),
                t.Own(Tensor.From<int>(4, 0, 4, 4, 1, 0))),
            Reference = v =>
            {
                Array64 all = Array64.Zip(Array64.MatMul(v[0], v[1]), v[2], (a, b) => a + b);
                int[] columns = [4, 0, 4, 4, 1, 0];
                return new Array64(
                    [6], [.. Ids.Select((row, i) => all.Row(row).Values[columns[i]])]);
            },
        },
        new()
        {
            Op = "LinearAtSum",
            Inputs = [[4, 3], [3, 5], [5]],
            Run = (t, v) => t.LinearAtSum(
                v[0], v[1], v[2], t.Own(Tensor.From<int>(Ids, [6])),
                t.Own(Tensor.From<int>(4, 0, 4, 4, 1, 0)), t.Own(Tensor.From<float>(Weights))),
            Reference = v =>
            {
                Array64 all = Array64.Zip(Array64.MatMul(v[0], v[1]), v[2], (a, b) => a + b);
                int[] columns = [4, 0, 4, 4, 1, 0];
                return Weighted(
                    new Array64([6], [.. Ids.Select((row, i) => all.Row(row).Values[columns[i]])]));
            },
        },
        new()
        {
            Op = "LinearCrossEntropySum",
            Inputs = [[6, 3], [3, 5], [5]],
            Run = (t, v) => t.LinearCrossEntropySum(
                v[0], v[1], v[2], t.Own(Tensor.From<int>(Ids, [6])),
                t.Own(Tensor.From<float>(Weights))),
            Reference = v => Weighted(CrossEntropy(
                Array64.Zip(Array64.MatMul(v[0], v[1]), v[2], (a, b) => a + b))),
        },
        new()
        {
            Op = "LinearCrossEntropySum",
            Case = "no bias",
            Inputs = [[6, 3], [3, 5]],
            Run = (t, v) => t.LinearCrossEntropySum(
                v[0], v[1], null, t.Own(Tensor.From<int>(Ids, [6])),
                t.Own(Tensor.From<float>(Weights))),
            Reference = v => Weighted(CrossEntropy(Array64.MatMul(v[0], v[1]))),
        },
    ];

    private static readonly float[] Weights = [0.5f, -1, 0.25f, 2, 0, 1];

    /// <summary>x · Φ(x), with Φ from its series.</summary>
    private static double Gelu(double x)
    {
        double term = x;
        double sum = x;
        for (int n = 3; Math.Abs(term) > 1e-18; n += 2)
        {
            term *= x * x / n;
            sum += term;
        }

        return x * (0.5 + (sum * Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI)));
    }

    private static RuleSpec Unary(
        string op, Func<Tape, Var, Var> run, Func<double, double> formula, double low = -2) => new()
        {
            Op = op,
            Inputs = [[3, 7]],
            Run = (t, v) => run(t, v[0]),
            Reference = v => v[0].Map(formula),
            Low = low,
        };

    private static IEnumerable<RuleSpec> Binary(
        string op, Func<Tape, Var, Var, Var> run, Func<double, double, double> formula,
        double low = -2)
    {
        yield return Of("same shapes", [3, 4], [3, 4]);
        yield return Of("a row added to a matrix", [3, 4], [4]);
        yield return Of("a column and a row", [3, 1], [1, 4]);
        yield return Of("both stretched, other ranks", [2, 1, 4], [3, 1]);
        yield return Of("a scalar", [], [2, 3]);

        RuleSpec Of(string name, Shape a, Shape b) => new()
        {
            Op = op,
            Case = name,
            Inputs = [a, b],
            Run = (t, v) => run(t, v[0], v[1]),
            Reference = v => Array64.Zip(v[0], v[1], formula),
            Low = low,
        };
    }

    private static IEnumerable<RuleSpec> Reduction(
        string op, Func<Tape, Var, int?, bool, Var> run, Func<double[], double> formula)
    {
        foreach (int? axis in new int?[] { null, 0, 1, -1 })
        {
            foreach (bool keepAxis in new[] { false, true })
            {
                yield return new()
                {
                    Op = op,
                    Case = $"axis {axis?.ToString() ?? "none"}{(keepAxis ? ", kept" : "")}",
                    Inputs = [[2, 3, 4]],
                    Run = (t, v) => run(t, v[0], axis, keepAxis),
                    Reference = v => v[0].Reduce(axis, keepAxis, formula),
                };
            }
        }
    }

    private static IEnumerable<RuleSpec> Normalised(
        string op, Func<Tape, Var, int, Var> run, Func<double[], double[]> formula)
    {
        foreach (int axis in new[] { -1, 0, 1 })
        {
            yield return new()
            {
                Op = op,
                Case = $"axis {axis}",
                Inputs = [[2, 3, 4]],
                Run = (t, v) => run(t, v[0], axis),
                Reference = v => v[0].Along(axis, formula),
            };
        }
    }

    private static RuleSpec Product(string name, Shape a, Shape b) => new()
    {
        Op = "MatMul",
        Case = name,
        Inputs = [a, b],
        Run = (t, v) => t.MatMul(v[0], v[1]),
        Reference = v => Array64.MatMul(v[0], v[1]),
    };

    private static Array64 Weighted(Array64 losses) =>
        new([], [losses.Values.Zip(Weights, (loss, weight) => loss * weight).Sum()]);

    private static double LogSumExp(double[] run) => Math.Log(run.Sum(Math.Exp));

    private static double[] Softmax(double[] run) =>
        [.. run.Select(x => Math.Exp(x - LogSumExp(run)))];

    private static Array64 CrossEntropy(Array64 logits) => new(
        [Ids.Length],
        [.. Ids.Select((target, i) =>
            LogSumExp(logits.Row(i).Values) - logits.Row(i).Values[target])]);
}
