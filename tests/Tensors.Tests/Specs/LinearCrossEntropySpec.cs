namespace Vitrine.Tensors.Tests.Specs;

public class LinearCrossEntropySpec : OpSpec
{
    public override string Op => nameof(Ops.LinearCrossEntropy);

    public override Tolerance Tolerance => LinearCrossEntropyReference.Tolerance;

    public override IEnumerable<OpCase> Samples() =>
    [
        Case("a batch", 9, 7, 33),
        Case("several blocks and chunks", 400, 32, 389),
        Case("one class", 4, 3, 1),
        Case("no tokens", 0, 5, 8),
        Case("no width", 5, 0, 8),
    ];

    public override IEnumerable<OpCase> AtLength(int n)
    {
        OpCase[] cases = [
            Case("tokens", n, 3, 5), Case("width", 2, n, 5),
            Case("vocabulary", 2, 3, Math.Max(n, 1))];
        return n <= 256 ? cases : cases.Select(sample => sample.WithLongSums(Tolerance));
    }

    public override IEnumerable<OpCase> Hazards() =>
    [
        Bias("logits near 1e4",
            i => 1e4 + (i % 9)) with { Tolerance = new(0, 2e-3, "logits of 1e4 round at 1e-3") },
        Bias("logits near −1e4",
            i => -1e4 - (i % 9)) with { Tolerance = new(0, 2e-3, "logits of 1e4 round at 1e-3") },
        Bias("a sure prediction",
            i => i == 3 ? 1e4 : 0) with { Tolerance = new(
                1e-6, 2e-3, "logits of 1e4 round at 1e-3") },
        Alone("logits near 1e10", i => 1e10 + (1024 * (i % 3))),
        Alone("logits near −1e10", i => -1e10 - (1024 * (i % 3))),
        Alone("logits near −3e38", i => -3e38 + (i % 2 * 1e38)),
        Bias("a chunk at −∞", i => i is > 190 and < 390 ? double.NegativeInfinity : 0),
        Bias("NaN", i => i == 70 ? double.NaN : 0),
    ];

    public override IEnumerable<ErrorCase> Errors() =>
    [
        new(
            "a weight that does not match",
            () => Ops.LinearCrossEntropy(Zeros(2, 3), Zeros(5, 3), null, Integers(0, 0)),
            "LinearCrossEntropy: x must be [n, dModel] and weight [dModel, vocab]; got [2, 3] and "
            + "[5, 3]; reshape x or transpose weight."),
        new(
            "a bias that does not match",
            () => Ops.LinearCrossEntropy(Zeros(2, 3), Zeros(3, 5), Zeros(3), Integers(0, 0)),
            "LinearCrossEntropy: bias must be [5]; got [3]."),
        new(
            "targets that do not match",
            () => Ops.LinearCrossEntropy(Zeros(2, 3), Zeros(3, 5), null, Integers(0)),
            "LinearCrossEntropy: targets must be [2] to match x [2, 3]; got [1]."),
        new(
            "a target outside the vocabulary",
            () => Ops.LinearCrossEntropy(Zeros(2, 3), Zeros(3, 5), null, Integers(0, 5)),
            "LinearCrossEntropy: targets must be 0 … 4; got 5 at 1.") { Type = typeof(
                ArgumentOutOfRangeException) },
    ];

    private static OpCase Case(string name, int n, int width, int vocabulary) =>
        Of(name, LinearCrossEntropyReference.Inputs(n, width, vocabulary));

    private static OpCase Bias(string name, Func<int, double> bias)
    {
        Values[] inputs = LinearCrossEntropyReference.Inputs(5, 4, 500);
        inputs[2] = Values.From([500], bias);
        return Of(name, inputs);
    }

    /// <summary>Logits that are the bias alone, so that none is rounded.</summary>
    private static OpCase Alone(string name, Func<int, double> bias) => Of(
        name,
        [
            Values.From([5, 4], _ => 0), Values.Normal([500, 4], 2), Values.From([500], bias),
            Values.Normal([5], 4),
        ]);

    private static OpCase Of(string name, Values[] inputs)
    {
        Tensor<int> targets = LinearCrossEntropyReference.Targets(
            inputs[0].Shape[0], inputs[1].Shape[0]);
        return new OpCase(
            name, inputs[..3],
            (x, _, _) =>
            {
                Tensor<float> losses = Ops.LinearCrossEntropy(
                    x[0], x[1].Transpose(), x[2], targets);
                return losses;
            },
            LinearCrossEntropyReference.Losses)
        {
            TakesInto = false,
            NewTensors = 3,
        };
    }
}
