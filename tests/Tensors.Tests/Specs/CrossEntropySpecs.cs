namespace Vitrine.Tensors.Tests.Specs;

public class CrossEntropySpec : OpSpec
{
    public override string Op => nameof(Ops.CrossEntropy);

    public override Tolerance Tolerance => new(
        2 * Tolerance.Rounding, 2e-7,
        "the exponentials' 1.5 ulp, relative to their sum, becomes absolute in the logarithm");

    public override IEnumerable<OpCase> Samples() =>
    [
        Case("a batch", Values.Normal([9, 33], scale: 3)),
        Case("one class", Values.Normal([4, 1])),
        Case("no rows", Values.Normal([0, 5])),
        Case("a large vocabulary", Values.Normal([3, 20_000])),
        Case("many rows", Values.Normal([700, 40])),
    ];

    public override IEnumerable<OpCase> AtLength(int n) =>
        n == 0 ? [] : [Case("vocabulary", Values.Normal([3, n]))];

    public override IEnumerable<OpCase> Hazards() =>
    [
        Case("logits of ±1e4", Values.Normal([5, 40], scale: 1e4)),
        Case(
            "a sure prediction", Values.From([4, 40], i => i % 40 == Target(i / 40, 40) ? 100 : 0)),
        Case(
            "some −∞",
            Values.From(
                [4, 40],
                i =>
                    i % 40 > 20 && i % 40 != Target(i / 40, 40) ? double.NegativeInfinity : i % 7)),
        Case(
            "the target at −∞",
            Values.From([1, 40], i => i == Target(0, 40) ? double.NegativeInfinity : i % 7)),
        Case("a row of −∞", Values.From([2, 40], i => i < 40 ? double.NegativeInfinity : i % 7)),
        Case("NaN in one row", Values.From([3, 40], i => i == 50 ? double.NaN : i % 7)),
        Case("a large offset", Values.Normal([3, 300], mean: 1e4)),
    ];

    public override IEnumerable<ErrorCase> Errors() =>
    [
        new("shapes that do not match", () => Ops.CrossEntropy(Zeros(2, 3), Integers(0)),
            "CrossEntropy: logits must be [n, vocab] and targets [n]; got [2, 3] and [1]; Reshape "
            + "batches to one axis."),
        new("a target outside the vocabulary", () => Ops.CrossEntropy(Zeros(2, 3), Integers(0, 3)),
            "CrossEntropy: targets must be 0 … 2, the vocabulary; got 3 at 1.")
        {
            Type = typeof(ArgumentOutOfRangeException),
        },
        new(
            "a destination of another shape",
            () => Ops.CrossEntropy(Zeros(2, 3), Integers(0, 1), Zeros(3)),
            "CrossEntropy: into must be [2]; got [3]; leave it out for a new tensor."),
    ];

    internal static int Target(int row, int vocabulary) => (int)((row * 7919L + 3) % vocabulary);

    internal static Tensor<int> Targets(Shape logits) => Tensor.From<int>(
        [.. Enumerable.Range(0, logits[0]).Select(row => Target(row, logits[1]))]);

    internal static Values Reference(Values logits)
    {
        Values log = SoftmaxReference.LogSoftmax(logits, 1);
        return Values.From([logits.Shape[0]], row => -log[row, Target(row, logits.Shape[1])]);
    }

    private static OpCase Case(string name, Values logits)
    {
        Tensor<int> targets = Targets(logits.Shape);
        return new OpCase(
            name, [logits], (x, into, _) => Ops.CrossEntropy(x[0], targets, into),
            x => Reference(x[0]));
    }
}

public class CrossEntropyBackwardSpec : OpSpec
{
    public override string Op => nameof(Ops.CrossEntropyBackward);

    public override Tolerance Tolerance => new(
        16 * Tolerance.Rounding, 3e-7, "softmax's roundings; at the target softmax − 1 cancels");

    public override IEnumerable<OpCase> Samples() =>
    [
        Case("a batch", Values.Normal([9, 33], scale: 3)),
        Case("one class", Values.Normal([4, 1])),
        Case("no rows", Values.Normal([0, 5])),
        Case("a large vocabulary", Values.Normal([3, 20_000])),
        Case("many rows", Values.Normal([700, 40])),
    ];

    public override IEnumerable<OpCase> AtLength(int n) =>
        n == 0 ? [] : [Case("vocabulary", Values.Normal([3, n]))];

    public override IEnumerable<OpCase> Hazards() =>
    [
        Case("logits of ±1e4", Values.Normal([5, 40], scale: 1e4)),
        Case("a row of −∞", Values.From([2, 40], i => i < 40 ? double.NegativeInfinity : i % 7)),
        Case("NaN in one row", Values.From([3, 40], i => i == 50 ? double.NaN : i % 7)),
    ];

    public override IEnumerable<GradientCase> Gradients()
    {
        Values logits = Values.Normal([6, 11]);
        Tensor<int> targets = CrossEntropySpec.Targets(logits.Shape);
        yield return new GradientCase(
            "a batch",
            logits,
            x =>
            {
                // Not through float32, whose rounding would drown the differences.
                Values log = SoftmaxReference.LogSoftmax(x, 1);
                var losses = new Values([6]);
                for (int row = 0; row < 6; row++)
                {
                    losses[row] = -log[row, CrossEntropySpec.Target(row, 11)];
                }

                return losses;
            },
            (x, _, dLoss) => Ops.CrossEntropyBackward(x, targets, dLoss));
    }

    public override IEnumerable<ErrorCase> Errors() =>
    [
        new(
            "shapes that do not match",
            () => Ops.CrossEntropyBackward(Zeros(2, 3), Integers(0), Zeros(1)),
            "CrossEntropyBackward: logits must be [n, vocab] and targets [n]; got [2, 3] and [1]; "
            + "Reshape batches to one axis."),
        new(
            "gradients that do not match",
            () => Ops.CrossEntropyBackward(Zeros(2, 3), Integers(0, 1), Zeros()),
            "CrossEntropyBackward: dLoss must be [2], one for each target; got []; use BroadcastTo "
            + "for a scalar."),
        new(
            "a target outside the vocabulary",
            () => Ops.CrossEntropyBackward(Zeros(1, 3), Integers(-1), Zeros(1)),
            "CrossEntropyBackward: targets must be 0 … 2, the vocabulary; got -1 at 0.")
        {
            Type = typeof(ArgumentOutOfRangeException),
        },
        new("a destination of another shape",
            () => Ops.CrossEntropyBackward(Zeros(1, 3), Integers(1), Zeros(1), Zeros(3)),
            "CrossEntropyBackward: into must be [1, 3]; got [3]; leave it out for a new tensor."),
    ];

    private static OpCase Case(string name, Values logits)
    {
        Tensor<int> targets = CrossEntropySpec.Targets(logits.Shape);
        return new OpCase(
            name,
            [logits, Values.Normal([logits.Shape[0]], 2)],
            (x, into, accumulate) => Ops.CrossEntropyBackward(
                x[0], targets, x[1], into, accumulate),
            x =>
            {
                Values y = SoftmaxReference.Softmax(x[0], 1);
                for (int i = 0; i < y.Length; i++)
                {
                    int row = i / y.Shape[1];
                    int target = CrossEntropySpec.Target(row, y.Shape[1]);
                    y[i] = x[1][row] * (y[i] - (i % y.Shape[1] == target ? 1 : 0));
                }

                return y;
            })
        {
            TakesAccumulate = true,
        };
    }
}
