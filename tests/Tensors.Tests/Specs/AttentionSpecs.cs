namespace Vitrine.Tensors.Tests.Specs;

public class AttentionSpec : OpSpec
{
    internal static readonly AttentionSetting[] Settings =
    [
        new("causal", 2, 37, 37, 3, 3, 8),
        new("several tiles", 1, 210, 210, 2, 2, 40),
        new("other keys than queries, all seen", 2, 9, 33, 2, 2, 5, Causal: false),
        new("more queries than keys", 1, 70, 3, 2, 2, 4, Causal: false),
        new("grouped keys", 2, 20, 20, 6, 2, 16),
        new("the last queries", 1, 5, 130, 2, 1, 8),
        new("relative bias", 2, 110, 110, 3, 3, 4) { HasBias = true },
        new("relative bias both ways", 2, 21, 34, 2, 2, 4, Causal: false) { HasBias = true },
        new("a mask", 2, 30, 30, 2, 2, 8, Causal: false) { Mask = [30, 30] },
        new("a mask for each batch", 2, 12, 100, 2, 2, 8) { Mask = [2, 12, 100] },
        new("a mask of keys", 2, 12, 100, 2, 2, 8) { Mask = [2, 1, 1, 100] },
        new("everything", 2, 19, 53, 4, 2, 33) { HasBias = true, Mask = [2, 4, 19, 53],
            Scale = 0.3 },
        new("a window", 2, 210, 210, 2, 1, 8) { Window = 20 },
        new("a window of one", 1, 9, 9, 2, 2, 4) { Window = 1 },
        new("a window, the last queries", 1, 60, 500, 2, 2, 8) { Window = 100 },
        new("a window both ways", 2, 130, 130, 2, 2, 8, Causal: false) { Window = 9 },
        new("a window and a bias", 1, 110, 110, 2, 2, 8) { Window = 30, HasBias = true },
        new("a cap", 2, 37, 130, 4, 2, 8) { SoftCap = 1.5 },
        new("sinks", 2, 50, 250, 4, 2, 8) { HasSinks = true },
        new("window, cap, sinks, bias and mask", 2, 70, 230, 4, 2, 12)
        {
            Window = 90, SoftCap = 2, HasSinks = true, HasBias = true, Mask = [2, 1, 1, 230],
        },
        new("no batch", 0, 4, 4, 2, 2, 3),
        new("no heads", 1, 4, 4, 0, 0, 3),
        new("no numbers in a head", 1, 4, 4, 2, 2, 0),
        new("no keys", 1, 4, 0, 2, 2, 3, Causal: false),
    ];

    public override string Op => nameof(Ops.Attention);

    public override Tolerance Tolerance => new(
        4e-6, 2e-6,
        "float32 products of numbers near 1, whose rounding moves exponents by about 1e-6");

    public override IEnumerable<OpCase> Samples() => Settings.SelectMany(Both);

    public override IEnumerable<OpCase> AtLength(int n) => n == LargePrime
        ? Both(new("keys", 1, 1, n, 1, 1, 2))
        : [.. Both(new("positions", 1, n, n, 1, 1, 3)), .. Both(new("dHead", 1, 3, 3, 1, 1, n))];

    public override IEnumerable<OpCase> Hazards()
    {
        AttentionSetting late = new("only late keys seen", 1, 6, 400, 1, 1, 4) { Mask = [1, 400] };
        Values[] x = late.Inputs();
        x[3] = Values.From([1, 400], i => i < 390 ? double.NegativeInfinity : 0);
        (AttentionSetting Setting, Values[] Inputs)[] hazards =
        [
            AttentionHazards.LargeScores, AttentionHazards.HiddenRows, (late, x),
            AttentionHazards.NaNKey,
        ];
        return hazards.SelectMany(hazard => Both(hazard.Setting, hazard.Inputs));
    }

    public override IEnumerable<ErrorCase> Errors() =>
    [
        new("ranks", () => Ops.Attention(Zeros(2, 3), Zeros(2, 3), Zeros(2, 3), out _),
            "Attention: q must be [batch, queryPos, head, dHead] and k [batch, keyPos, kvHead, "
            + "dHead]; got [2, 3] and [2, 3]."),
        new("values of another shape",
            () => Ops.Attention(Zeros(1, 3, 2, 4), Zeros(1, 3, 2, 4), Zeros(1, 2, 2, 4), out _),
            "Attention: v must be [1, 3, 2, 4], the shape of k; got [1, 2, 2, 4]."),
        new("heads that are no multiple",
            () => Ops.Attention(Zeros(1, 3, 3, 4), Zeros(1, 3, 2, 4), Zeros(1, 3, 2, 4), out _),
            "Attention: the number of heads must be a multiple of the number of key heads; got 3 "
            + "in q [1, 3, 3, 4] and 2 in k [1, 3, 2, 4]."),
        new("causal without enough keys",
            () => Ops.Attention(Zeros(1, 3, 2, 4), Zeros(1, 2, 2, 4), Zeros(1, 2, 2, 4), out _),
            "Attention: causal attention needs at least as many keys as queries, the queries being "
            + "the last positions; got 3 queries and 2 keys; set BothWays?"),
        new("a bias of another length",
            () => Ops.Attention(
                Zeros(1, 3, 2, 4), Zeros(1, 3, 2, 4), Zeros(1, 3, 2, 4), out _,
                relativeBias: Zeros(2, 5)),
            "Attention: relativeBias must be [2, 3], a number for each head and distance (keyPos "
            + "of them); got [2, 5]."),
        new("sinks of another length",
            () => Ops.Attention(
                Zeros(1, 3, 2, 4), Zeros(1, 3, 2, 4), Zeros(1, 3, 2, 4), out _, sinks: Zeros(3)),
            "Attention: sinks must be [2], a number for each head; got [3]."),
        new("a mask of another shape",
            () => Ops.Attention(
                Zeros(1, 3, 2, 4), Zeros(1, 3, 2, 4), Zeros(1, 3, 2, 4), out _, mask: Zeros(3, 4)),
            "Attention: mask must be [3, 3], [1, 3, 3] or [1, 2, 3, 3], where a length of 1 is "
            + "broadcast; got [3, 4]."),
    ];

    private static IEnumerable<OpCase> Both(AttentionSetting s) => Both(s, s.Inputs());

    /// <summary>z, and logSumExp.</summary>
    private static IEnumerable<OpCase> Both(AttentionSetting s, Values[] inputs)
    {
        yield return new OpCase(
            s.Name,
            inputs,
            (x, _, _) =>
            {
                Tensor<float> z = s.Run(x, out Tensor<float> normaliser);
                normaliser.Dispose();
                return z;
            },
            x => AttentionReference.Z(s, x))
        {
            TakesInto = false,
            NewTensors = 2,
        };
        yield return new OpCase(
            $"{s.Name}, logSumExp",
            inputs,
            (x, _, _) =>
            {
                s.Run(x, out Tensor<float> normaliser).Dispose();
                using (normaliser)
                {
                    return Ops.Sum(normaliser, axis: -1);
                }
            },
            x => AttentionReference.LogSumExp(s, AttentionReference.Scores(s, x), s.Sinks(x)))
        {
            TakesInto = false,
            NewTensors = 3,
        };
    }
}

public class AttentionBackwardSpec : OpSpec
{
    private static readonly string[] Names = ["dQ", "dK", "dV", "dRelativeBias", "dSinks"];

    public override string Op => nameof(Ops.AttentionBackward);

    public override Tolerance Tolerance => new(
        2e-5, 1e-5, "sums over queries, keys and dHead of numbers near 1 that cancel");

    public override IEnumerable<OpCase> Samples() => AttentionSpec.Settings.SelectMany(Each);

    public override IEnumerable<OpCase> AtLength(int n) => n == LargePrime
        ? Each(new("keys", 1, 1, n, 1, 1, 2))
        : [
            .. Each(new("positions", 1, n, n, 1, 1, 3)),
            .. n % 16 == 1 ? Each(new("dHead", 1, 3, 3, 1, 1, n)) : []];

    public override IEnumerable<OpCase> Hazards()
    {
        (AttentionSetting hidden, Values[] x) = AttentionHazards.HiddenRows;
        return Each(hidden, x);
    }

    public override IEnumerable<GradientCase> Gradients()
    {
        AttentionSetting[] settings =
        [
            new("causal", 2, 7, 7, 2, 1, 3),
            new("everything", 1, 5, 8, 4, 2, 3) { HasBias = true, Mask = [5, 8], Scale = 0.7 },
            new("both ways", 1, 6, 4, 2, 2, 3, Causal: false) { HasBias = true },
            new("window, cap and sinks", 1, 7, 9, 4, 2, 3)
            {
                Window = 4, SoftCap = 1.5, HasSinks = true, HasBias = true,
            },
        ];
        foreach (AttentionSetting s in settings)
        {
            foreach ((int wanted, int input) in s.Differentiable())
            {
                Values[] inputs = s.Inputs();
                yield return new GradientCase(
                    $"{s.Name}, {Names[wanted]}",
                    inputs[input],
                    x => AttentionReference.Z(
                        s, [.. inputs.Select((other, i) => i == input ? x : other)]),
                    (_, _, dZ) =>
                    {
                        Tensor<float>[] tensors = [.. inputs.Select(values => values.ToTensor())];
                        Tensor<float> z = s.Run(tensors, out Tensor<float> normaliser);
                        Tensor<float> gradient = Tensor.Zeros<float>(inputs[input].Shape);
                        Call(s, [.. tensors, z, normaliser, dZ], wanted, gradient);
                        return gradient;
                    });
            }
        }
    }

    public override IEnumerable<ErrorCase> Errors() =>
    [
        new("a gradient of another shape", () => Backward(dZ: Zeros(1, 3, 2, 5), dQ: null),
            "AttentionBackward: dZ must be [1, 3, 2, 4]; got [1, 3, 2, 5]."),
        new("a destination of another shape", () => Backward(dZ: Zeros(1, 3, 2, 4), dQ: Zeros(3)),
            "AttentionBackward: dQ must be [1, 3, 2, 4]; got [3]."),
    ];

    private static void Backward(Tensor<float> dZ, Tensor<float>? dQ) => Ops.AttentionBackward(
        Zeros(1, 3, 2, 4), Zeros(1, 3, 2, 4), Zeros(1, 3, 2, 4), Zeros(1, 3, 2, 4),
        Zeros(1, 2, 3, 2), dZ, dQ, null, null);

    private static IEnumerable<OpCase> Each(AttentionSetting s) => Each(s, s.Inputs());

    /// <summary>Every gradient as a case; the inputs are those of the forward pass, z, the
    /// normaliser, dZ.</summary>
    private static IEnumerable<OpCase> Each(AttentionSetting s, Values[] forward)
    {
        Values dZ = Values.Normal(s.QShape, 9);
        Values normaliser = AttentionReference.Normaliser(
            s, AttentionReference.Scores(s, forward), s.Sinks(forward));
        Values[] inputs =
            [.. forward, Rounded(AttentionReference.Z(s, forward)), Rounded(normaliser), dZ];
        foreach ((int wanted, int input) in s.Differentiable())
        {
            yield return OpCase.Gradient(
                $"{s.Name}, {Names[wanted]}",
                inputs,
                forward[input].Shape,
                (x, gradient) => Call(s, x, wanted, gradient),
                x => AttentionReference.Backward(s, x, x[^1])[wanted]);
        }
    }

    private static void Call(
        AttentionSetting s, Tensor<float>[] x, int wanted, Tensor<float> gradient) =>
        Ops.AttentionBackward(
            x[0], x[1], x[2], x[^3], x[^2], x[^1],
            wanted == 0 ? gradient : null, wanted == 1 ? gradient : null,
            wanted == 2 ? gradient : null,
            wanted == 3 ? gradient : null, wanted == 4 ? gradient : null, s.Form, s.Bias(x),
            s.MaskOf(x), s.Sinks(x));

    private static Values Rounded(Values x) => Values.From(x.Shape, i => x[i]);
}
