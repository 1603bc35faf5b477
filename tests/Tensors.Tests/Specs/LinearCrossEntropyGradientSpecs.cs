namespace Vitrine.Tensors.Tests.Specs;

public class LinearCrossEntropyBackwardSpec : OpSpec
{
    public override string Op => nameof(Ops.LinearCrossEntropyBackward);

    public override Tolerance Tolerance => LinearCrossEntropyReference.OfGradients;

    public override IEnumerable<OpCase> Samples() =>
    [
        Case("a batch", 9, 7, 33),
        Case("several blocks and chunks", 400, 32, 389),
        Case("several slabs", 30, 64, 1700),
        Case("one class", 4, 3, 1),
        Case("no tokens", 0, 5, 8),
    ];

    public override IEnumerable<OpCase> AtLength(int n)
    {
        OpCase[] cases = [
            Case("tokens", n, 3, 5), Case("width", 2, n, 5),
            Case("vocabulary", 2, 3, Math.Max(n, 1))];
        return n <= 256 ? cases : cases.Select(sample => sample.WithLongSums(Tolerance));
    }

    public override IEnumerable<OpCase> Hazards()
    {
        return
        [
            Alone("logits near 1e4", i => 1e4 + (i % 9)),
            Alone("logits near −1e4", i => -1e4 - (i % 9)),
            Alone("logits near 1e6", i => 1e6 + (i % 9)),
            Alone("logits near 1e8", i => 1e8 + (8 * (i % 9))),
            Alone("a sure prediction of 1e4", i => i == 3 ? 1e4 : 0),
            Alone("a sure prediction of 1e30", i => i == 3 ? 1e30 : 0),
            Alone("a chunk at −∞", i => i is > 190 and < 390 ? double.NegativeInfinity : i % 7),
            Alone("NaN", i => i == 70 ? double.NaN : 0),
        ];
    }

    public override IEnumerable<GradientCase> Gradients()
    {
        Values[] inputs = LinearCrossEntropyReference.Inputs(5, 4, 11);
        string[] names = ["x", "weight", "bias"];
        for (int input = 0; input < 3; input++)
        {
            int which = input;
            yield return new GradientCase(
                names[which],
                inputs[which],
                value =>
                {
                    Values[] changed = [.. inputs];
                    changed[which] = value;
                    return LinearCrossEntropyReference.Losses(changed);
                },
                (_, _, dLoss) => Gradient(inputs, dLoss, which));
        }
    }

    public override IEnumerable<ErrorCase> Errors() =>
    [
        new("a gradient that does not match", () => Call(dLoss: Zeros(3)),
            "LinearCrossEntropyBackward: dLoss must be [2]; got [3]."),
        new("a buffer that does not match", () => Call(dX: Zeros(3, 2)),
            "LinearCrossEntropyBackward: dX must be [2, 3]; got [3, 2]."),
    ];

    private static void Call(
        Tensor<float>? dLoss = null, Tensor<float>? dX = null) =>
        Ops.LinearCrossEntropyBackward(
            Zeros(2, 3), Zeros(3, 5), null, Integers(0, 0), dLoss ?? Zeros(2), dX, null, null);

    private static Tensor<float> Gradient(Values[] inputs, Tensor<float> dLoss, int which)
    {
        Tensor<float>[] x = [.. inputs.Select(input => input.ToTensor())];
        Tensor<float>[] into = [.. inputs[..3].Select(input => Tensor.Zeros<float>(input.Shape))];
        Tensor<int> targets = LinearCrossEntropyReference.Targets(
            inputs[0].Shape[0], inputs[1].Shape[0]);
        Ops.LinearCrossEntropyBackward(
            x[0], x[1].Transpose(), x[2], targets, dLoss,
            which == 0 ? into[0] : null, which == 1 ? into[1].Transpose() : null,
            which == 2 ? into[2] : null);
        return into[which];
    }

    private static OpCase Case(string name, int n, int width, int vocabulary) =>
        Of(name, LinearCrossEntropyReference.Inputs(n, width, vocabulary));

    private static OpCase Alone(string name, Func<int, double> bias) =>
        Of(name, LinearCrossEntropyReference.OfBias(bias));

    private static OpCase Of(string name, Values[] inputs)
    {
        Tensor<int> targets = LinearCrossEntropyReference.Targets(
            inputs[0].Shape[0], inputs[1].Shape[0]);
        return new OpCase(
            name, inputs,
            (x, _, _) =>
            {
                using Tensor<float> losses = Ops.LinearCrossEntropy(
                    x[0], x[1].Transpose(), x[2], targets);
                using Tensor<float> dX = Tensor.Zeros<float>(x[0].Shape);
                using Tensor<float> dWeight = Tensor.Zeros<float>(x[1].Shape);
                using Tensor<float> dBias = Tensor.Zeros<float>(x[2].Shape);
                Ops.LinearCrossEntropyBackward(
                    x[0], x[1].Transpose(), x[2], targets, x[3], dX, dWeight.Transpose(),
                    dBias);
                return LinearCrossEntropyReference.Row(dX, dWeight, dBias);
            },
            x => LinearCrossEntropyReference.Row(LinearCrossEntropyReference.Gradients(x)))
        {
            TakesInto = false,
            NewTensors = 10,
        };
    }
}

public class LinearCrossEntropyWithGradientsSpec : OpSpec
{
    public override string Op => nameof(Ops.LinearCrossEntropyWithGradients);

    public override Tolerance Tolerance => LinearCrossEntropyReference.OfGradients;

    public override IEnumerable<OpCase> Samples() =>
    [
        Case("a batch", 9, 7, 33),
        Case("several blocks and chunks", 400, 32, 389),
        Case("several slabs", 30, 64, 1700),
        Case("one class", 4, 3, 1),
        Case("no tokens", 0, 5, 8),
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
        Alone("logits near 1e10", i => 1e10 + (1024 * (i % 3))),
        Alone("logits near −1e10", i => -1e10 - (1024 * (i % 3))),
        Alone("a sure prediction of 1e10", i => i == 3 ? 1e10 : 0),
    ];

    public override IEnumerable<ErrorCase> Errors() =>
    [
        new("a buffer that does not match",
            () => Ops.LinearCrossEntropyWithGradients(
                Zeros(2, 3), Zeros(3, 5), null, Integers(0, 0), Zeros(2), null, Zeros(5, 3),
                null),
            "LinearCrossEntropyWithGradients: dWeight must be [3, 5]; got [5, 3]."),
    ];

    private static OpCase Case(string name, int n, int width, int vocabulary) =>
        Of(name, LinearCrossEntropyReference.Inputs(n, width, vocabulary));

    private static OpCase Alone(string name, Func<int, double> bias) =>
        Of(name, LinearCrossEntropyReference.OfBias(bias));

    private static OpCase Of(string name, Values[] inputs)
    {
        Tensor<int> targets = LinearCrossEntropyReference.Targets(
            inputs[0].Shape[0], inputs[1].Shape[0]);
        return new OpCase(
            name, inputs,
            (x, _, _) =>
            {
                // NaN: whatever the buffers held must be overwritten.
                using Tensor<float> dX = Tensor.Full(x[0].Shape, float.NaN);
                using Tensor<float> dWeight = Tensor.Full(x[1].Shape, float.NaN);
                using Tensor<float> dBias = Tensor.Full(x[2].Shape, float.NaN);
                using Tensor<float> losses = Ops.LinearCrossEntropyWithGradients(
                    x[0], x[1].Transpose(), x[2], targets, x[3],
                    dX, dWeight.Transpose(), dBias);
                return LinearCrossEntropyReference.Row(losses, dX, dWeight, dBias);
            },
            x => LinearCrossEntropyReference.Row(
                LinearCrossEntropyReference.Losses(x).Data,
                LinearCrossEntropyReference.Gradients(x)))
        {
            TakesInto = false,
            NewTensors = 10,
        };
    }
}
