namespace Vitrine.Tensors.Tests.Specs;

public class AttentionPatternSpec : OpSpec
{
    public override string Op => nameof(Ops.AttentionPattern);

    public override Tolerance Tolerance => new(
        24 * Tolerance.Rounding, 1e-44,
        "as Softmax: the rounded difference from the maximum, the exponential, the sum, the sink");

    public override IEnumerable<OpCase> Samples() =>
    [
        .. AttentionSpec.Settings.Where(s => s.Keys > 0).Select(Case),
        .. AttentionSpec.Settings.Where(s => s.HasSinks).Select(WithSinks),
    ];

    public override IEnumerable<OpCase> AtLength(int n) =>
        [Case(new("keys", 1, 1, n, 1, 1, 1))];

    public override IEnumerable<OpCase> Hazards()
    {
        AttentionSetting s = new("rows that see nothing", 1, 3, 40, 1, 1, 1, Causal: false);
        yield return Case(
            s, Values.From([1, 1, 3, 40], i => i / 40 == 1 ? double.NegativeInfinity : i));
        yield return Case(
            s with { Name = "NaN among −∞" },
            Values.From(
                [1, 1, 3, 40],
                i => i == 50 ? double.NaN : i / 40 == 1 ? double.NegativeInfinity : i));
    }

    public override IEnumerable<ErrorCase> Errors() =>
    [
        new(
            "a destination of another shape",
            () => Ops.AttentionPattern(Zeros(1, 1, 2, 3), Zeros(3)),
            "AttentionPattern: into must be [1, 1, 2, 3]; got [3]; leave it out for a new tensor."),
    ];

    private static OpCase WithSinks(AttentionSetting s)
    {
        Values scores = AttentionReference.Scores(s, s.Inputs());
        return new OpCase(
            $"{s.Name}, explicitly",
            [Values.From(scores.Shape, i => scores[i]), s.Sinks(s.Inputs())!],
            (x, into, _) => Ops.AttentionPattern(x[0], into, x[1]),
            x => AttentionReference.Pattern(s, x[0], x[1]))
        {
            NewTensors = 4,
        };
    }

    private static OpCase Case(AttentionSetting s)
    {
        Values scores = AttentionReference.Scores(s, s.Inputs());
        return Case(s, Values.From(scores.Shape, i => scores[i]));
    }

    private static OpCase Case(AttentionSetting s, Values scores) => new(
        s.Name, [scores], (x, into, _) => Ops.AttentionPattern(x[0], into),
        x => AttentionReference.Pattern(s, x[0]));
}

public class AttentionWeightedSumSpec : OpSpec
{
    public override string Op => nameof(Ops.AttentionWeightedSum);

    public override Tolerance Tolerance => new(5e-6, 5e-6, "float32 sums over the keys");

    public override IEnumerable<OpCase> Samples() => AttentionSpec.Settings.Select(Case);

    public override IEnumerable<OpCase> AtLength(int n) =>
        [Case(n == LargePrime ? new("keys", 1, 1, n, 1, 1, 2) : new("positions", 1, n, n, 1, 1,
            3))];

    public override IEnumerable<OpCase> Hazards()
    {
        AttentionSetting s = new("", 1, 40, 40, 2, 1, 4);
        Values[] x = Inputs(s);
        yield return Case(
            s with { Name = "rows that attend to nothing" },
            [Values.From(x[0].Shape, i => i / 40 % 3 == 0 ? 0 : x[0][i]), x[1]]);
        yield return Case(
            s with { Name = "one key each, of ±1e30" },
            [Values.From(x[0].Shape, i => i % 40 == i / 40 % 40 / 2 ? 1 : 0),
                Values.From(x[1].Shape, i => i % 2 == 0 ? 1e30 : -1e30)]) with
        {
            Tolerance = Tolerance.Exact,
        };
        yield return Case(
            s with { Name = "0 · NaN is NaN: a value that nobody attends to is not masked" },
            [x[0], Values.From(x[1].Shape, i => i == 4 * 30 ? double.NaN : x[1][i])]);
        yield return Case(
            s with { Name = "NaN in a pattern stays in its row" },
            [Values.From(x[0].Shape, i => i == 777 ? double.NaN : x[0][i]), x[1]]);
    }

    public override IEnumerable<ErrorCase> Errors() =>
    [
        new("keys that differ", () => Ops.AttentionWeightedSum(Zeros(1, 2, 3, 4), Zeros(1, 5, 2, 4)),
            "AttentionWeightedSum: pattern must be [batch, head, queryPos, keyPos] and v [batch, keyPos, "
            + "kvHead, dHead]; got [1, 2, 3, 4] and [1, 5, 2, 4]."),
        new(
            "heads that are no multiple",
            () => Ops.AttentionWeightedSum(Zeros(1, 3, 3, 4), Zeros(1, 4, 2, 4)),
            "AttentionWeightedSum: the number of heads must be a multiple of the number of value heads; "
            + "got 3 in pattern [1, 3, 3, 4] and 2 in v [1, 4, 2, 4]."),
    ];

    internal static Values[] Inputs(AttentionSetting s)
    {
        Values pattern = AttentionReference.Pattern(s, AttentionReference.Scores(s, s.Inputs()));
        return [Values.From(pattern.Shape, i => pattern[i]), Values.Normal(s.KShape, 3)];
    }

    private static OpCase Case(AttentionSetting s) => Case(s, Inputs(s));

    private static OpCase Case(AttentionSetting s, Values[] inputs) => new(
        s.Name, inputs, (x, _, _) => Ops.AttentionWeightedSum(x[0], x[1]),
        x => AttentionReference.Mix(s, x[0], x[1]))
    {
        TakesInto = false,
        ViewsKeepBits = false,
        NewTensors = 8,
    };
}

public class AttentionWeightedSumBackwardSpec : OpSpec
{
    public override string Op => nameof(Ops.AttentionWeightedSumBackward);

    public override Tolerance Tolerance =>
        new(2e-6, 1e-5, "sums of products of numbers near 1 that cancel");

    public override IEnumerable<OpCase> Samples() => AttentionSpec.Settings.SelectMany(Each);

    public override IEnumerable<OpCase> AtLength(int n) =>
        Each(n == LargePrime ? new("keys", 1, 1, n, 1, 1, 2) : new("positions", 1, n, n, 1, 1, 3));

    public override IEnumerable<OpCase> Hazards()
    {
        AttentionSetting s = new("", 1, 20, 30, 2, 1, 4);
        Values[] x = [.. AttentionWeightedSumSpec.Inputs(s), Values.Normal(s.QShape, 9)];
        return
        [
            .. Each(
                s with { Name = "rows that attend to nothing" },
                [Values.From(x[0].Shape, i => i / 30 % 3 == 0 ? 0 : x[0][i]), x[1], x[2]]),
            .. Each(
                s with { Name = "one key each, of ±1e30" },
                [Values.From(x[0].Shape, i => i % 30 == i / 30 % 20 ? 1 : 0),
                    Values.From(x[1].Shape, i => i % 2 == 0 ? 1e30 : -1e30),
                    Values.From(x[2].Shape, i => i % 4 == 1 ? 3 : 0)])
                .Select(hazard => hazard with { Tolerance = Tolerance.Exact }),
            .. Each(
                s with { Name = "NaN in a gradient reaches its query's row of the pattern" },
                [x[0], x[1], Values.From(x[2].Shape, i => i == 50 ? double.NaN : x[2][i])]),
            .. Each(
                s with { Name = "NaN in a value reaches its key's column of the pattern" },
                [x[0], Values.From(x[1].Shape, i => i == 50 ? double.NaN : x[1][i]), x[2]]),
        ];
    }

    public override IEnumerable<GradientCase> Gradients()
    {
        AttentionSetting s = new("grouped", 2, 5, 7, 4, 2, 3, Causal: false);
        Values[] inputs = AttentionWeightedSumSpec.Inputs(s);
        foreach (int wanted in (int[])[0, 1])
        {
            yield return new GradientCase(
                $"{wanted}",
                inputs[wanted],
                x => AttentionReference.Mix(
                    s, wanted == 0 ? x : inputs[0], wanted == 1 ? x : inputs[1]),
                (_, _, dZ) =>
                {
                    Tensor<float> gradient = Tensor.Zeros<float>(inputs[wanted].Shape);
                    Call([inputs[0].ToTensor(), inputs[1].ToTensor(), dZ], wanted, gradient);
                    return gradient;
                });
        }
    }

    public override IEnumerable<ErrorCase> Errors() =>
    [
        new("a gradient of another shape",
            () => Ops.AttentionWeightedSumBackward(
                Zeros(1, 2, 3, 4), Zeros(1, 4, 2, 5), Zeros(3), null, null),
            "AttentionWeightedSumBackward: dZ must be [1, 3, 2, 5]; got [3]."),
    ];

    private static IEnumerable<OpCase> Each(AttentionSetting s) =>
        Each(s, [.. AttentionWeightedSumSpec.Inputs(s), Values.Normal(s.QShape, 9)]);

    /// <summary>The inputs are the pattern, v and dZ.</summary>
    private static IEnumerable<OpCase> Each(AttentionSetting s, Values[] inputs)
    {
        foreach (int wanted in (int[])[0, 1])
        {
            yield return OpCase.Gradient(
                $"{s.Name}, {wanted}",
                inputs,
                inputs[wanted].Shape,
                (x, gradient) => Call(x, wanted, gradient),
                x =>
                {
                    (Values dPattern, Values dV) = AttentionReference.MixBackward(
                        s, x[0], x[1], x[2]);
                    return wanted == 0 ? dPattern : dV;
                }) with
            {
                TakesInto = false,
                ViewsKeepBits = false,
                NewTensors = 20,
            };
        }
    }

    private static void Call(Tensor<float>[] x, int wanted, Tensor<float> gradient) =>
        Ops.AttentionWeightedSumBackward(
            x[0], x[1], x[2], wanted == 0 ? gradient : null, wanted == 1 ? gradient : null);
}
