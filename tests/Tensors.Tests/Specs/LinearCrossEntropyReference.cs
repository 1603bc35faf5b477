namespace Vitrine.Tensors.Tests.Specs;

/// <summary>The fused linear layer and cross-entropy in float64. Ops with several results are shown
/// to the theories as one row of numbers.</summary>
internal static class LinearCrossEntropyReference
{
    public static readonly Tolerance Tolerance = new(
        4 * Tolerance.Rounding, 3e-6,
        "logits of size 10 round at 5e-7, which the exponential makes a relative error; sums over "
        + "the vocabulary");

    public static readonly Tolerance OfGradients = new(
        16 * Tolerance.Rounding, 2e-5,
        "a probability's relative error of 1e-6, summed over tokens or vocabulary");

    /// <summary>A sum of 131,071 numbers rounds that often, at the size that it has by
    /// then.</summary>
    public static OpCase WithLongSums(this OpCase sample, Tolerance tolerance) => sample with
    {
        Tolerance = tolerance with { Relative = 5e-6, Absolute = 200 * tolerance.Absolute },
    };

    public static int Target(int row, int vocabulary) => (int)((row * 7919L + 3) % vocabulary);

    public static Tensor<int> Targets(int n, int vocabulary) => Tensor.From<int>(
        [.. Enumerable.Range(0, n).Select(row => Target(row, vocabulary))]);

    /// <summary>x [n, dModel], the weight stored as [vocab, dModel], bias [vocab], dLoss
    /// [n].</summary>
    public static Values[] Inputs(int n, int width, int vocabulary, double scale = 1) =>
    [
        Values.Normal([n, width], 1, scale),
        Values.Normal([vocabulary, width], 2, 2 / Math.Sqrt(width + 1)),
        Values.Normal([vocabulary], 3),
        Values.Normal([n], 4),
    ];

    /// <summary>Five tokens whose logits are the bias alone, so that none is rounded.</summary>
    public static Values[] OfBias(Func<int, double> bias) =>
    [
        Values.From([5, 4], _ => 0), Values.Normal([500, 4], 2), Values.From([500], bias),
        Values.Normal([5], 4),
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
            // The difference first: beside 1e38 even float64 loses the logarithm.
            double largest = logits[i].Max();
            double above = largest - logits[i][Target(i, logits[i].Length)];
            losses[i] = above + LogSumExp([.. logits[i].Select(logit => logit - largest)]);
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
                double target = v == Target(i, vocabulary) ? 1 : 0;
                double d = dLoss[i] * (Math.Exp(logits[i][v] - total) - target);
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
