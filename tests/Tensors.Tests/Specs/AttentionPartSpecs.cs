namespace Vitrine.Tensors.Tests.Specs;

public class AttentionScoresSpec : OpSpec
{
    public override string Op => nameof(Ops.AttentionScores);

    public override Tolerance Tolerance => new(2e-6, 2e-6, "a float32 product of numbers near 1");

    public override IEnumerable<OpCase> Samples() => AttentionSpec.Settings.Select(Case);

    public override IEnumerable<OpCase> AtLength(int n) => n == LargePrime
        ? [Case(new("keys", 1, 1, n, 1, 1, 2))]
        : [Case(new("positions", 1, n, n, 1, 1, 3))];

    public override IEnumerable<ErrorCase> Errors() =>
    [
        new(
            "causal without enough keys",
            () => Ops.AttentionScores(Zeros(1, 3, 2, 4), Zeros(1, 2, 2, 4)),
            "AttentionScores: causal attention needs at least as many keys as queries, the queries "
            + "being the last positions; got 3 queries and 2 keys; pass causal: false?"),
    ];

    private static OpCase Case(AttentionSetting s) => new(
        s.Name,
        s.Inputs(),
        (x, _, _) => Ops.AttentionScores(x[0], x[1], s.Causal, s.Factor, s.Bias(x), s.MaskOf(x)),
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
    ];

    public override string Op => nameof(Ops.AttentionScoresBackward);

    public override Tolerance Tolerance =>
        new(2e-6, 2e-5, "sums of products of numbers near 1 that cancel");

    public override IEnumerable<OpCase> Samples() => Settings.SelectMany(Each);

    public override IEnumerable<OpCase> AtLength(int n) =>
        Each(n == LargePrime ? new("keys", 1, 1, n, 1, 1, 2) : new("positions", 1, n, n, 1, 1, 3));

    public override IEnumerable<GradientCase> Gradients()
    {
        foreach (AttentionSetting s in Settings[1..])
        {
            // Not causal here: −∞ less −∞ has no difference. The cases above hold the hidden part.
            AttentionSetting all = s with { Causal = false };
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

    private static IEnumerable<OpCase> Each(AttentionSetting s)
    {
        foreach (int wanted in (int[])[0, 1, 3])
        {
            Shape shape =
                wanted switch { 0 => s.QShape, 1 => s.KShape, _ => [s.Heads, s.Distances] };
            yield return new OpCase(
                $"{s.Name}, {wanted}",
                [s.Inputs()[0], s.Inputs()[1],
                    Values.Normal([s.Batch, s.Heads, s.Queries, s.Keys], 8)],
                (x, into, accumulate) =>
                {
                    Tensor<float> gradient = into ?? Tensor.Empty<float>(shape);
                    if (!accumulate)
                    {
                        gradient.Fill(0);
                    }

                    Call(s, x, wanted, gradient);
                    return gradient;
                },
                x =>
                {
                    (Values dQ, Values dK, Values dBias) =
                        AttentionReference.ScoresBackward(s, x[0], x[1], x[2]);
                    return wanted switch { 0 => dQ, 1 => dK, _ => dBias };
                })
            {
                TakesInto = false,
                TakesAccumulate = true,
                ViewsKeepBits = false,
                NewTensors = 20,
            };
        }
    }

    private static void Call(
        AttentionSetting s, Tensor<float>[] x, int wanted, Tensor<float> gradient) =>
        Ops.AttentionScoresBackward(
            x[0], x[1], x[2], wanted == 0 ? gradient : null, wanted == 1 ? gradient : null,
            wanted == 3 ? gradient : null, s.Causal, s.Factor);
}

public class AttentionPatternSpec : OpSpec
{
    public override string Op => nameof(Ops.AttentionPattern);

    public override Tolerance Tolerance => new(
        16 * Tolerance.Rounding, 1e-44,
        "as Softmax: the rounded difference from the maximum, the exponential, the sum");

    public override IEnumerable<OpCase> Samples() =>
        AttentionSpec.Settings.Where(s => s.Keys > 0).Select(Case);

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

    private static OpCase Case(AttentionSetting s)
    {
        Values scores = AttentionReference.Scores(s, s.Inputs());
        return Case(s, Values.From(scores.Shape, i => scores[i]));
    }

    private static OpCase Case(AttentionSetting s, Values scores) => new(
        s.Name, [scores], (x, into, _) => Ops.AttentionPattern(x[0], into),
        x => AttentionReference.Pattern(s, x[0]));
}

public class AttentionMixSpec : OpSpec
{
    public override string Op => nameof(Ops.AttentionMix);

    public override Tolerance Tolerance => new(5e-6, 5e-6, "float32 sums over the keys");

    public override IEnumerable<OpCase> Samples() => AttentionSpec.Settings.Select(Case);

    public override IEnumerable<OpCase> AtLength(int n) =>
        [Case(n == LargePrime ? new("keys", 1, 1, n, 1, 1, 2) : new("positions", 1, n, n, 1, 1,
            3))];

    public override IEnumerable<ErrorCase> Errors() =>
    [
        new("keys that differ", () => Ops.AttentionMix(Zeros(1, 2, 3, 4), Zeros(1, 5, 2, 4)),
            "AttentionMix: pattern must be [batch, head, queryPos, keyPos] and v [batch, keyPos, "
            + "kvHead, dHead]; got [1, 2, 3, 4] and [1, 5, 2, 4]."),
        new(
            "heads that are no multiple",
            () => Ops.AttentionMix(Zeros(1, 3, 3, 4), Zeros(1, 4, 2, 4)),
            "AttentionMix: the number of heads must be a multiple of the number of value heads; "
            + "got 3 in pattern [1, 3, 3, 4] and 2 in v [1, 4, 2, 4]."),
    ];

    internal static Values[] Inputs(AttentionSetting s)
    {
        Values pattern = AttentionReference.Pattern(s, AttentionReference.Scores(s, s.Inputs()));
        return [Values.From(pattern.Shape, i => pattern[i]), Values.Normal(s.KShape, 3)];
    }

    private static OpCase Case(AttentionSetting s) => new(
        s.Name, Inputs(s), (x, _, _) => Ops.AttentionMix(x[0], x[1]),
        x => AttentionReference.Mix(s, x[0], x[1]))
    {
        TakesInto = false,
        ViewsKeepBits = false,
        NewTensors = 8,
    };
}

public class AttentionMixBackwardSpec : OpSpec
{
    public override string Op => nameof(Ops.AttentionMixBackward);

    public override Tolerance Tolerance =>
        new(2e-6, 1e-5, "sums of products of numbers near 1 that cancel");

    public override IEnumerable<OpCase> Samples() => AttentionSpec.Settings.SelectMany(Each);

    public override IEnumerable<OpCase> AtLength(int n) =>
        Each(n == LargePrime ? new("keys", 1, 1, n, 1, 1, 2) : new("positions", 1, n, n, 1, 1, 3));

    public override IEnumerable<GradientCase> Gradients()
    {
        AttentionSetting s = new("grouped", 2, 5, 7, 4, 2, 3, Causal: false);
        Values[] inputs = AttentionMixSpec.Inputs(s);
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
            () => Ops.AttentionMixBackward(
                Zeros(1, 2, 3, 4), Zeros(1, 4, 2, 5), Zeros(3), null, null),
            "AttentionMixBackward: dZ must be [1, 3, 2, 5]; got [3]."),
    ];

    private static IEnumerable<OpCase> Each(AttentionSetting s)
    {
        Values[] inputs = [.. AttentionMixSpec.Inputs(s), Values.Normal(s.QShape, 9)];
        foreach (int wanted in (int[])[0, 1])
        {
            yield return new OpCase(
                $"{s.Name}, {wanted}",
                inputs,
                (x, into, accumulate) =>
                {
                    Tensor<float> gradient = into ?? Tensor.Empty<float>(inputs[wanted].Shape);
                    if (!accumulate)
                    {
                        gradient.Fill(0);
                    }

                    Call(x, wanted, gradient);
                    return gradient;
                },
                x =>
                {
                    (Values dPattern, Values dV) = AttentionReference.MixBackward(
                        s, x[0], x[1], x[2]);
                    return wanted == 0 ? dPattern : dV;
                })
            {
                TakesInto = false,
                TakesAccumulate = true,
                ViewsKeepBits = false,
                NewTensors = 20,
            };
        }
    }

    private static void Call(Tensor<float>[] x, int wanted, Tensor<float> gradient) =>
        Ops.AttentionMixBackward(
            x[0], x[1], x[2], wanted == 0 ? gradient : null, wanted == 1 ? gradient : null);
}
