namespace Vitrine.Tensors.Tests.Specs;

/// <summary>The fused linear layer and cross-entropy in float64. Ops with several results are shown
/// to the theories as one row of numbers.</summary>
internal static class LinearCrossEntropyReference
{
    public static readonly Tolerance Tolerance = new(
        4 * Tolerance.Rounding, 3e-6,
        "logits of size 10 round at 5e-7, which the exponential makes a relative error; sums over the vocabulary");

    public static readonly Tolerance OfGradients = new(
        16 * Tolerance.Rounding, 2e-5, "a probability's relative error of 1e-6, summed over tokens or vocabulary");

    /// <summary>A sum of 131,071 numbers rounds that often, at the size that it has by then.</summary>
    public static OpCase WithLongSums(this OpCase sample, Tolerance tolerance) => sample with
    {
        Tolerance = tolerance with { Relative = 5e-6, Absolute = 200 * tolerance.Absolute },
    };

    public static int Target(int row, int vocabulary) => (int)((row * 7919L + 3) % vocabulary);

    public static Tensor<int> Targets(int n, int vocabulary) => Tensor.From<int>(
        [.. Enumerable.Range(0, n).Select(row => Target(row, vocabulary))]);

    /// <summary>x [n, dModel], the weight stored as [vocab, dModel], bias [vocab], dLoss [n].</summary>
    public static Values[] Inputs(int n, int width, int vocabulary, double scale = 1) =>
    [
        Values.Normal([n, width], 1, scale),
        Values.Normal([vocabulary, width], 2, 2 / Math.Sqrt(width + 1)),
        Values.Normal([vocabulary], 3),
        Values.Normal([n], 4),
    ];

    public static double[][] Logits(Values x, Values weight, Values bias)
    {
        (int n, int width, int vocabulary) = (x.Shape[0], x.Shape[1], weight.Shape[0]);
        var logits = new double[n][];
        for (int i = 0; i < n; i++)
        {
            logits[i] = new double[vocabulary];
            for (int v = 0; v < vocabulary; v++)
            {
                double sum = bias[v];
                for (int d = 0; d < width; d++)
                {
                    sum += x[(i * width) + d] * weight[(v * width) + d];
                }

                logits[i][v] = sum;
            }
        }

        return logits;
    }

    public static double LogSumExp(double[] row)
    {
        double maximum = row.Max();
        return double.IsNegativeInfinity(maximum)
            ? maximum
            : maximum + Math.Log(row.Sum(logit => Math.Exp(logit - maximum)));
    }

    public static Values Losses(Values[] inputs)
    {
        double[][] logits = Logits(inputs[0], inputs[1], inputs[2]);
        var losses = new Values([logits.Length]);
        for (int i = 0; i < logits.Length; i++)
        {
            losses[i] = LogSumExp(logits[i]) - logits[i][Target(i, logits[i].Length)];
        }

        return losses;
    }

    /// <summary>dX, dWeight [vocab, dModel] and dBias, one after the other.</summary>
    public static double[] Gradients(Values[] inputs)
    {
        (Values x, Values weight, Values dLoss) = (inputs[0], inputs[1], inputs[3]);
        (int n, int width, int vocabulary) = (x.Shape[0], x.Shape[1], weight.Shape[0]);
        double[][] logits = Logits(x, weight, inputs[2]);
        var dX = new double[n * width];
        var dWeight = new double[vocabulary * width];
        var dBias = new double[vocabulary];
        for (int i = 0; i < n; i++)
        {
            double total = LogSumExp(logits[i]);
            for (int v = 0; v < vocabulary; v++)
            {
                double d = dLoss[i] * (Math.Exp(logits[i][v] - total) - (v == Target(i, vocabulary) ? 1 : 0));
                dBias[v] += d;
                for (int c = 0; c < width; c++)
                {
                    dX[(i * width) + c] += d * weight[(v * width) + c];
                    dWeight[(v * width) + c] += d * x[(i * width) + c];
                }
            }
        }

        return [.. dX, .. dWeight, .. dBias];
    }

    public static Values Row(params double[][] parts)
    {
        double[] all = [.. parts.SelectMany(part => part)];
        var row = new Values([all.Length]);
        all.CopyTo(row.Data, 0);
        return row;
    }

    public static Tensor<float> Row(params Tensor<float>[] parts)
    {
        Tensor<float> row = Tensor.Empty<float>([(int)parts.Sum(part => part.Length)]);
        int start = 0;
        foreach (Tensor<float> part in parts)
        {
            part.CopyTo(row.WritableSpan.Slice(start, (int)part.Length));
            start += (int)part.Length;
        }

        return row;
    }
}

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
        OpCase[] cases = [Case("tokens", n, 3, 5), Case("width", 2, n, 5), Case("vocabulary", 2, 3, Math.Max(n, 1))];
        return n <= 256 ? cases : cases.Select(sample => sample.WithLongSums(Tolerance));
    }

    public override IEnumerable<OpCase> Hazards() =>
    [
        Bias("logits near 1e4", i => 1e4 + (i % 9)) with { Tolerance = new(0, 2e-3, "logits of 1e4 round at 1e-3") },
        Bias("logits near −1e4", i => -1e4 - (i % 9)) with { Tolerance = new(0, 2e-3, "logits of 1e4 round at 1e-3") },
        Bias("a sure prediction", i => i == 3 ? 1e4 : 0) with { Tolerance = new(1e-6, 2e-3, "logits of 1e4 round at 1e-3") },
        Bias("a chunk at −∞", i => i is > 190 and < 390 ? double.NegativeInfinity : 0),
        Bias("NaN", i => i == 70 ? double.NaN : 0),
    ];

    public override IEnumerable<ErrorCase> Errors() =>
    [
        new("a weight that does not match", () => Ops.LinearCrossEntropy(Zeros(2, 3), Zeros(5, 3), null, Integers(0, 0), out _),
            "LinearCrossEntropy: x must be [n, dModel] and weight [dModel, vocab]; got [2, 3] and [5, 3]; reshape x or transpose weight."),
        new("a bias that does not match", () => Ops.LinearCrossEntropy(Zeros(2, 3), Zeros(3, 5), Zeros(3), Integers(0, 0), out _),
            "LinearCrossEntropy: bias must be [5]; got [3]."),
        new("targets that do not match", () => Ops.LinearCrossEntropy(Zeros(2, 3), Zeros(3, 5), null, Integers(0), out _),
            "LinearCrossEntropy: targets must be [2] to match x [2, 3]; got [1]."),
        new("a target outside the vocabulary", () => Ops.LinearCrossEntropy(Zeros(2, 3), Zeros(3, 5), null, Integers(0, 5), out _),
            "LinearCrossEntropy: targets must lie in 0 … 4; got 5 at 1.") { Type = typeof(ArgumentOutOfRangeException) },
    ];

    private static OpCase Case(string name, int n, int width, int vocabulary) =>
        Of(name, LinearCrossEntropyReference.Inputs(n, width, vocabulary));

    private static OpCase Bias(string name, Func<int, double> bias)
    {
        Values[] inputs = LinearCrossEntropyReference.Inputs(5, 4, 500);
        inputs[2] = Values.From([500], bias);
        return Of(name, inputs);
    }

    private static OpCase Of(string name, Values[] inputs)
    {
        Tensor<int> targets = LinearCrossEntropyReference.Targets(inputs[0].Shape[0], inputs[1].Shape[0]);
        return new OpCase(
            name, inputs[..3],
            (x, _, _) =>
            {
                Tensor<float> losses = Ops.LinearCrossEntropy(
                    x[0], x[1].Transpose(), x[2], targets, out Tensor<float> logSumExp);
                logSumExp.Dispose();
                return losses;
            },
            LinearCrossEntropyReference.Losses)
        {
            TakesInto = false,
            NewTensors = 3,
        };
    }
}

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
        OpCase[] cases = [Case("tokens", n, 3, 5), Case("width", 2, n, 5), Case("vocabulary", 2, 3, Math.Max(n, 1))];
        return n <= 256 ? cases : cases.Select(sample => sample.WithLongSums(Tolerance));
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
        new("a log-sum-exp that does not match", () => Call(logSumExp: Zeros(3)),
            "LinearCrossEntropyBackward: logSumExp must be [2]; got [3]."),
        new("a gradient that does not match", () => Call(dLoss: Zeros(3)),
            "LinearCrossEntropyBackward: dLoss must be [2]; got [3]."),
        new("a buffer that does not match", () => Call(dX: Zeros(3, 2)),
            "LinearCrossEntropyBackward: dX must be [2, 3]; got [3, 2]."),
    ];

    private static void Call(
        Tensor<float>? logSumExp = null, Tensor<float>? dLoss = null, Tensor<float>? dX = null) =>
        Ops.LinearCrossEntropyBackward(
            Zeros(2, 3), Zeros(3, 5), null, Integers(0, 0), logSumExp ?? Zeros(2), dLoss ?? Zeros(2), dX, null, null);

    private static Tensor<float> Gradient(Values[] inputs, Tensor<float> dLoss, int which)
    {
        Tensor<float>[] x = [.. inputs.Select(input => input.ToTensor())];
        Tensor<float>[] into = [.. inputs[..3].Select(input => Tensor.Zeros<float>(input.Shape))];
        Tensor<int> targets = LinearCrossEntropyReference.Targets(inputs[0].Shape[0], inputs[1].Shape[0]);
        Ops.LinearCrossEntropy(x[0], x[1].Transpose(), x[2], targets, out Tensor<float> logSumExp).Dispose();
        Ops.LinearCrossEntropyBackward(
            x[0], x[1].Transpose(), x[2], targets, logSumExp, dLoss,
            which == 0 ? into[0] : null, which == 1 ? into[1].Transpose() : null, which == 2 ? into[2] : null);
        return into[which];
    }

    private static OpCase Case(string name, int n, int width, int vocabulary)
    {
        Tensor<int> targets = LinearCrossEntropyReference.Targets(n, vocabulary);
        return new OpCase(
            name, LinearCrossEntropyReference.Inputs(n, width, vocabulary),
            (x, _, _) =>
            {
                using Tensor<float> losses = Ops.LinearCrossEntropy(
                    x[0], x[1].Transpose(), x[2], targets, out Tensor<float> logSumExp);
                using Tensor<float> dX = Tensor.Zeros<float>(x[0].Shape);
                using Tensor<float> dWeight = Tensor.Zeros<float>(x[1].Shape);
                using Tensor<float> dBias = Tensor.Zeros<float>(x[2].Shape);
                Ops.LinearCrossEntropyBackward(
                    x[0], x[1].Transpose(), x[2], targets, logSumExp, x[3], dX, dWeight.Transpose(), dBias);
                logSumExp.Dispose();
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
        OpCase[] cases = [Case("tokens", n, 3, 5), Case("width", 2, n, 5), Case("vocabulary", 2, 3, Math.Max(n, 1))];
        return n <= 256 ? cases : cases.Select(sample => sample.WithLongSums(Tolerance));
    }

    public override IEnumerable<ErrorCase> Errors() =>
    [
        new("a buffer that does not match",
            () => Ops.LinearCrossEntropyWithGradients(
                Zeros(2, 3), Zeros(3, 5), null, Integers(0, 0), Zeros(2), out _, null, Zeros(5, 3), null),
            "LinearCrossEntropyWithGradients: dWeight must be [3, 5]; got [5, 3]."),
    ];

    private static OpCase Case(string name, int n, int width, int vocabulary)
    {
        Tensor<int> targets = LinearCrossEntropyReference.Targets(n, vocabulary);
        return new OpCase(
            name, LinearCrossEntropyReference.Inputs(n, width, vocabulary),
            (x, _, _) =>
            {
                // NaN: whatever the buffers held must be overwritten.
                using Tensor<float> dX = Tensor.Full(x[0].Shape, float.NaN);
                using Tensor<float> dWeight = Tensor.Full(x[1].Shape, float.NaN);
                using Tensor<float> dBias = Tensor.Full(x[2].Shape, float.NaN);
                using Tensor<float> losses = Ops.LinearCrossEntropyWithGradients(
                    x[0], x[1].Transpose(), x[2], targets, x[3], out Tensor<float> logSumExp,
                    dX, dWeight.Transpose(), dBias);
                logSumExp.Dispose();
                return LinearCrossEntropyReference.Row(losses, dX, dWeight, dBias);
            },
            x => LinearCrossEntropyReference.Row(
                LinearCrossEntropyReference.Losses(x).Data, LinearCrossEntropyReference.Gradients(x)))
        {
            TakesInto = false,
            NewTensors = 10,
        };
    }
}
