namespace Vitrine.Tensors.Tests;

/// <summary>Operands of the fused loss, and what the composed ops make of
/// them.</summary>
internal sealed class LinearCrossEntropyData : IDisposable
{
    private readonly Tensor<float> _weight;
    private readonly Tensor<float> _dWeight;

    public LinearCrossEntropyData(int n, int width, int vocab, bool fast, bool bias, int seed)
    {
        var random = new Random(seed);
        X = Uniform([n, width], 1);
        _weight = Uniform(fast ? [vocab, width] : [width, vocab], 4 / MathF.Sqrt(width + 1));
        Weight = fast ? _weight.Transpose() : _weight;
        Bias = bias ? Uniform([vocab], 2) : null;
        DLoss = Uniform([n], 1);
        Targets = Tensor.Empty<int>([n]);
        foreach (ref int target in Targets.WritableSpan)
        {
            target = random.Next(vocab);
        }

        DX = Tensor.Zeros<float>([n, width]);
        _dWeight = Tensor.Zeros<float>(_weight.Shape);
        DWeight = fast ? _dWeight.Transpose() : _dWeight;
        DBias = Tensor.Zeros<float>([vocab]);

        Tensor<float> Uniform(Shape shape, float scale)
        {
            Tensor<float> x = Tensor.Empty<float>(shape);
            foreach (ref float value in x.WritableSpan)
            {
                value = scale * ((random.NextSingle() * 2) - 1);
            }

            return x;
        }
    }

    public Tensor<float> X { get; }

    public Tensor<float> Weight { get; }

    public Tensor<float>? Bias { get; }

    public Tensor<int> Targets { get; }

    public Tensor<float> DLoss { get; }

    public Tensor<float> DX { get; }

    public Tensor<float> DWeight { get; }

    public Tensor<float> DBias { get; }

    public void Backward()
    {
        DX.Fill(0);
        DWeight.Fill(0);
        DBias.Fill(0);
        AddBackward(dX: true, dWeight: true, dBias: true);
    }

    public void AddBackward(bool dX, bool dWeight, bool dBias)
    {
        using Tensor<float> losses = Ops.LinearCrossEntropy(
            X, Weight, Bias, Targets);
        Ops.LinearCrossEntropyBackward(
            X, Weight, Bias, Targets, DLoss,
            dX ? DX : null, dWeight ? DWeight : null, dBias ? DBias : null);
    }

    public float[] WithGradients()
    {
        DX.Fill(float.NaN);
        DWeight.Fill(float.NaN);
        DBias.Fill(float.NaN);
        using Tensor<float> losses = Ops.LinearCrossEntropyWithGradients(
            X, Weight, Bias, Targets, DLoss, DX, DWeight, DBias);
        return losses.Length < 4096 ? losses.ToArray() : [];
    }

    public float[] Everything() => [.. DX.ToArray(), .. DWeight.ToArray(), .. DBias.ToArray()];

    /// <summary>Loss and gradients of both forms beside the formula in float64.</summary>
    public void Compare(double tolerance)
    {
        (int n, int width, int vocab) = (X.Shape[0], X.Shape[1], Weight.Shape[1]);
        float[] x = X.ToArray();
        float[] w = Weight.ToArray();
        var losses = new double[n];
        var dX = new double[n * width];
        var dW = new double[width * vocab];
        var dB = new double[vocab];
        for (int i = 0; i < n; i++)
        {
            var logits = new double[vocab];
            for (int v = 0; v < vocab; v++)
            {
                logits[v] = Bias is null ? 0 : Bias[v];
            }

            for (int d = 0; d < width; d++)
            {
                for (int v = 0; v < vocab; v++)
                {
                    logits[v] += (double)x[(i * width) + d] * w[(d * vocab) + v];
                }
            }

            double maximum = logits.Max();
            double total = maximum + Math.Log(logits.Sum(l => Math.Exp(l - maximum)));
            losses[i] = total - logits[Targets[i]];
            for (int v = 0; v < vocab; v++)
            {
                logits[v] =
                    DLoss[i] * (Math.Exp(logits[v] - total) - (v == Targets[i] ? 1 : 0));
                dB[v] += logits[v];
            }

            for (int d = 0; d < width; d++)
            {
                for (int v = 0; v < vocab; v++)
                {
                    dX[(i * width) + d] += logits[v] * w[(d * vocab) + v];
                    dW[(d * vocab) + v] += logits[v] * x[(i * width) + d];
                }
            }
        }

        using Tensor<float> forward = Ops.LinearCrossEntropy(
            X, Weight, Bias, Targets);
        Close(losses, forward.ToArray(), tolerance, "loss");
        Assert.Equal(forward.ToArray(), WithGradients());
        double[] gradients = [.. dX, .. dW, .. dB];
        Close(gradients, Everything(), tolerance, "gradients in one pass");
        Backward();
        Close(gradients, Everything(), tolerance, "backward");
    }

    public void Dispose()
    {
        X.Dispose();
        _weight.Dispose();
        Bias?.Dispose();
        Targets.Dispose();
        DLoss.Dispose();
        DX.Dispose();
        _dWeight.Dispose();
        DBias.Dispose();
    }

    private static void Close(double[] expected, float[] actual, double tolerance, string what)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            if (!(Math.Abs(expected[i] - actual[i]) <= tolerance * (1 + Math.Abs(expected[i]))))
            {
                Assert.Fail(
                    $"{what} {i} of {expected.Length} is {actual[i]}; expected {expected[i]}");
            }
        }
    }
}
