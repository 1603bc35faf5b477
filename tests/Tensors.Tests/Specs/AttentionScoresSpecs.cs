namespace Vitrine.Tensors.Tests.Specs;

public class AttentionScoresSpec : OpSpec
{
    public override string Op => nameof(Ops.AttentionScores);

    public override Tolerance Tolerance => new(2e-6, 2e-6, "a float32 product of numbers near 1");

    public override IEnumerable<OpCase> Samples() => AttentionSpec.Settings.Select(Case);

    public override IEnumerable<OpCase> AtLength(int n) => n == LargePrime
        ? [Case(new("keys", 1, 1, n, 1, 1, 2))]
        : [Case(new("positions", 1, n, n, 1, 1, 3))];

    public override IEnumerable<OpCase> Hazards()
    {
        (AttentionSetting large, Values[] x) = AttentionHazards.LargeScores;
        yield return Case(large, x) with { Tolerance = Tolerance.Exact };

        (AttentionSetting hidden, x) = AttentionHazards.HiddenRows;
        yield return Case(hidden, x);

        AttentionSetting far = new("a bias that hides the distant", 1, 9, 30, 2, 1, 4)
        {
            HasBias = true,
        };
        x = far.Inputs();
        x[3] = Values.From([2, 30], i => i % 30 > 7 ? double.NegativeInfinity : i);
        yield return Case(far, x);

        (AttentionSetting nan, x) = AttentionHazards.NaNKey;
        yield return Case(nan, x);
        yield return Case(nan with { Name = "infinite queries" }, [
            Values.From([1, 40, 1, 4], i => i == 52 ? double.PositiveInfinity : 1),
            Values.From([1, 40, 1, 4], i => i % 3 == 1 ? -1 : 2), x[2]]);
    }

    public override IEnumerable<ErrorCase> Errors() =>
    [
        new(
            "causal without enough keys",
            () => Ops.AttentionScores(Zeros(1, 3, 2, 4), Zeros(1, 2, 2, 4)),
            "AttentionScores: causal attention needs at least as many keys as queries, the queries "
            + "being the last positions; got 3 queries and 2 keys; set BothWays?"),
    ];

    private static OpCase Case(AttentionSetting s) => Case(s, s.Inputs());

    private static OpCase Case(AttentionSetting s, Values[] inputs) => new(
        s.Name,
        inputs,
        (x, _, _) => Ops.AttentionScores(x[0], x[1], s.Form, s.Bias(x), s.MaskOf(x)),
        x => AttentionReference.Scores(s, x))
    {
        TakesInto = false,
        ViewsKeepBits = false,
        NewTensors = 8,
    };
}

public class AttentionScoresBackwardSpec : OpSpec
{
    private static readonly AttentionSetting[] Settings =
    [
        new("causal", 2, 37, 37, 3, 3, 8) { HasBias = true },
        new("grouped keys", 2, 20, 20, 6, 2, 16) { HasBias = true, Scale = 0.5 },
        new("the last queries", 1, 5, 61, 2, 1, 8) { HasBias = true },
        new("both ways", 2, 21, 34, 2, 2, 4, Causal: false) { HasBias = true },
        new("a window and a cap", 2, 21, 34, 4, 2, 4)
        {
            Window = 9, SoftCap = 1.5, HasBias = true,
        },
    ];

    public override string Op => nameof(Ops.AttentionScoresBackward);

    public override Tolerance Tolerance =>
        new(2e-6, 2e-5, "sums of products of numbers near 1 that cancel");

    public override IEnumerable<OpCase> Samples() => Settings.SelectMany(Each);

    public override IEnumerable<OpCase> AtLength(int n) =>
        Each(n == LargePrime ? new("keys", 1, 1, n, 1, 1, 2) : new("positions", 1, n, n, 1, 1, 3));

    public override IEnumerable<OpCase> Hazards()
    {
        AttentionSetting s = new("", 1, 20, 30, 2, 1, 4) { HasBias = true, Scale = 1 };
        Values[] x = [s.Inputs()[0], s.Inputs()[1], Values.Normal([1, 2, 20, 30], 8)];
        Values[] whole = [.. x.Select(values => values.Map(value => Math.Round(value * 30)))];
        return
        [
            // A product of 1e4 times the sum over 30 keys is below 2²⁴.
            .. Each(s with { Name = "whole numbers are exact" }, whole)
                .Select(hazard => hazard with { Tolerance = Tolerance.Exact }),
            .. Each(
                s with { Name = "NaN where causal attention hides" },
                [x[0], x[1], Values.From(
                    x[2].Shape, i => i % 30 > (i / 30 % 20) + 10 ? double.NaN : x[2][i])]),
            .. Each(
                s with { Name = "NaN reaches its query, its key and its distance alone" },
                [x[0], x[1], Values.From(
                    x[2].Shape, i => i == (7 * 30) + 3 ? double.NaN : x[2][i])]),
            .. Each(
                s with { Name = "no gradient at all" }, [x[0], x[1], Values.Fill(x[2].Shape, 0)]),
        ];
    }

    public override IEnumerable<GradientCase> Gradients()
    {
        foreach (AttentionSetting s in Settings[1..])
        {
            // Not causal here: −∞ less −∞ has no difference. The cases above hold the hidden part.
            AttentionSetting all = s with { Causal = false, Window = null };
            Values[] inputs = all.Inputs();
            foreach (int wanted in (int[])[0, 1, 3])
            {
                yield return new GradientCase(
                    $"{all.Name}, {wanted}",
                    inputs[wanted],
                    x => AttentionReference.Scores(
                        all, [.. inputs.Select((other, i) => i == wanted ? x : other)]),
                    (_, _, dScores) =>
                    {
                        Tensor<float> gradient = Tensor.Zeros<float>(inputs[wanted].Shape);
                        Call(
                            all, [inputs[0].ToTensor(), inputs[1].ToTensor(), dScores], wanted,
                            gradient);
                        return gradient;
                    });
            }
        }
    }

    public override IEnumerable<ErrorCase> Errors() =>
    [
        new("a gradient of another shape",
            () => Ops.AttentionScoresBackward(
                Zeros(1, 3, 2, 4), Zeros(1, 3, 2, 4), Zeros(1, 3, 3), null, null),
            "AttentionScoresBackward: dScores must be [1, 2, 3, 3]; got [1, 3, 3]."),
    ];

    private static IEnumerable<OpCase> Each(AttentionSetting s) => Each(
        s,
        [s.Inputs()[0], s.Inputs()[1], Values.Normal([s.Batch, s.Heads, s.Queries, s.Keys], 8)]);

    /// <summary>The inputs are q, k and dScores.</summary>
    private static IEnumerable<OpCase> Each(AttentionSetting s, Values[] inputs)
    {
        foreach (int wanted in (int[])[0, 1, 3])
        {
            Shape shape =
                wanted switch { 0 => s.QShape, 1 => s.KShape, _ => [s.Heads, s.Distances] };
            yield return OpCase.Gradient(
                $"{s.Name}, {wanted}",
                inputs,
                shape,
                (x, gradient) => Call(s, x, wanted, gradient),
                x =>
                {
                    (Values dQ, Values dK, Values dBias) =
                        AttentionReference.ScoresBackward(s, x[0], x[1], x[2]);
                    return wanted switch { 0 => dQ, 1 => dK, _ => dBias };
                }) with
            {
                TakesInto = false,
                ViewsKeepBits = false,
                NewTensors = 20,
            };
        }
    }

    private static void Call(
        AttentionSetting s, Tensor<float>[] x, int wanted, Tensor<float> gradient) =>
        Ops.AttentionScoresBackward(
            x[0], x[1], x[2], wanted == 0 ? gradient : null, wanted == 1 ? gradient : null,
            wanted == 3 ? gradient : null, s.Form);
}
