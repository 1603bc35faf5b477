namespace Vitrine.Tensors;

/// <content>The requirements of the fused linear layer and cross-entropy on their
/// operands.</content>
public static unsafe partial class Ops
{
    private static void RequireLinear(
        string op, Tensor<float> x, Shape weight, Tensor<float>? bias, Tensor<int> targets)
    {
        if (x.Rank != 2 || weight.Rank != 2 || x.Shape[1] != weight[0])
        {
            throw new ShapeException(
                $"{op}: x must be [n, dModel] and weight [dModel, vocab]; got {x.Shape} and "
                + $"{weight}; reshape x or transpose weight.");
        }

        RequireShape(op, "bias", bias, [weight[1]]);
        if (targets.Shape != Shape.Create([x.Shape[0]]))
        {
            throw new ShapeException(
                $"{op}: targets must be [{x.Shape[0]}] to match x {x.Shape}; got {targets.Shape}.");
        }
    }

    /// <summary>The targets are read on the CPU, after it is known that they lie there.</summary>
    private static void RequireTargets(string op, Tensor<int> targets, int vocab)
    {
        int* target = targets.Pointer;
        for (int i = 0; i < targets.Shape[0]; i++)
        {
            int value = target[i * targets.Strides[0]];
            if ((uint)value >= (uint)vocab)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(targets),
                    $"{op}: targets must be 0 … {vocab - 1}; got {value} at {i}.");
            }
        }
    }

    private static void RequireShape(string op, string name, Tensor<float>? tensor, Shape shape)
    {
        if (tensor is not null && tensor.Shape != shape)
        {
            throw new ShapeException($"{op}: {name} must be {shape}; got {tensor.Shape}.");
        }
    }

    /// <summary>Of a buffer that a gradient is written to.</summary>
    private static void RequireGradient(
        string op, string name, Tensor<float>? gradient, Shape shape)
    {
        RequireShape(op, name, gradient, shape);
        if (gradient is not null)
        {
            Destination.RequireDistinct(op, name, gradient);
        }
    }

    private static void KeepLinear(
        Tensor<float> x, Tensor<float>? weight, Tensor<float>? bias, Tensor<int> targets)
    {
        x.KeepAlive();
        weight?.KeepAlive();
        bias?.KeepAlive();
        targets.KeepAlive();
    }

    private static void RequireGradients(
        string op, Tensor<float> x, Shape weight, Tensor<float> dLoss,
        Tensor<float>? dX, Tensor<float>? dWeight, Tensor<float>? dBias)
    {
        RequireShape(op, "dLoss", dLoss, [x.Shape[0]]);
        RequireGradient(op, "dX", dX, x.Shape);
        RequireGradient(op, "dWeight", dWeight, weight);
        RequireGradient(op, "dBias", dBias, [weight[1]]);
    }

    private static LinearCrossEntropyJob LinearJob(
        Tensor<float> x, Tensor<float>? weight, Weight? encoded, Tensor<float>? bias,
        Tensor<int> targets) => new()
        {
            Tokens = x.Shape[0],
            Width = x.Shape[1],
            Vocabulary = weight?.Shape[1] ?? encoded!.Shape[1],
            X = Strided<float>.Of(x),
            Weight = weight is null ? Strided<float>.Of(encoded!) : Strided<float>.Of(weight),
            Elements = weight is null ? encoded!.Elements : default,
            Bias = Strided<float>.Of(bias),
            Targets = Strided<int>.Of(targets),
        };

    private static void AskForGradients(
        ref LinearCrossEntropyJob job, Tensor<float> dLoss,
        Tensor<float>? dX, Tensor<float>? dWeight, Tensor<float>? dBias)
    {
        job.DLoss = Strided<float>.Of(dLoss);
        job.DX = Strided<float>.Of(dX);
        job.DWeight = Strided<float>.Of(dWeight);
        job.DBias = Strided<float>.Of(dBias);
        dX?.MarkWritten();
        dWeight?.MarkWritten();
        dBias?.MarkWritten();
    }

    private static void KeepGradients(
        Tensor<float> dLoss, Tensor<float>? dX, Tensor<float>? dWeight, Tensor<float>? dBias)
    {
        dLoss.KeepAlive();
        dX?.KeepAlive();
        dWeight?.KeepAlive();
        dBias?.KeepAlive();
    }
}
