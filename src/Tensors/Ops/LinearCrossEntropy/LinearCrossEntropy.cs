namespace Vitrine.Tensors;

public static unsafe partial class Ops
{
    /// <summary>A linear layer and the cross-entropy of its logits, fused.
    /// <code>logits[i, v] = Σ_d x[i, d] · weight[d, v] + bias[v]
    /// logSumExp[i] = log Σ_v exp logits[i, v]
    /// loss[i] = logSumExp[i] − logits[i, targets[i]]</code></summary>
    /// <remarks>
    /// The logits exist only as tiles in cache: memory is O(n), not O(n · vocab). The maximum is
    /// subtracted before the exponential, so logits of any finite size are safe. The same bits for any
    /// number of threads. The composed form is <c>MatMul</c>, <c>Add</c>, <c>CrossEntropy</c>.
    /// </remarks>
    /// <param name="x">float32 [n, dModel].</param>
    /// <param name="weight">float32 [dModel, vocab]; the transposed view of a contiguous
    /// [vocab, dModel] is the fast layout.</param>
    /// <param name="bias">float32 [vocab], or null for none.</param>
    /// <param name="targets">int32 [n], each in 0 … vocab − 1.</param>
    /// <param name="logSumExp">float32 [n]: saved for the backward pass; the caller owns it.</param>
    /// <returns>float32 [n], the losses in nats; the caller owns it.</returns>
    /// <exception cref="ShapeException">A shape does not fit the others.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A target lies outside the vocabulary.</exception>
    public static Tensor<float> LinearCrossEntropy(
        Tensor<float> x, Tensor<float> weight, Tensor<float>? bias, Tensor<int> targets,
        out Tensor<float> logSumExp)
    {
        RequireLinear("LinearCrossEntropy", x, weight, bias, targets);
        Tensor<float> losses = Tensor.Empty<float>([x.Shape[0]], x.Device);
        logSumExp = Tensor.Empty<float>([x.Shape[0]], x.Device);
        LinearCrossEntropyCpu(x, weight, bias, targets, losses, logSumExp);
        KeepLinear(x, weight, bias, targets);
        losses.KeepAlive();
        return losses;
    }

    /// <summary>The gradients of <see cref="LinearCrossEntropy"/>, added into the buffers given.
    /// <code>dLogits[i, v] = dLoss[i] · (exp(logits[i, v] − logSumExp[i]) − [v = targets[i]])
    /// dX += dLogits · weightᵀ,  dWeight += xᵀ · dLogits,  dBias += Σᵢ dLogits[i, ·]</code></summary>
    /// <remarks>The logits are computed again, tile by tile; <c>dLogits</c> never exists as a whole.</remarks>
    /// <param name="x">float32 [n, dModel].</param>
    /// <param name="weight">float32 [dModel, vocab].</param>
    /// <param name="bias">float32 [vocab], or null for none.</param>
    /// <param name="targets">int32 [n].</param>
    /// <param name="logSumExp">float32 [n], from the forward pass.</param>
    /// <param name="dLoss">float32 [n].</param>
    /// <param name="dX">float32 [n, dModel], added to; null if not wanted.</param>
    /// <param name="dWeight">float32 [dModel, vocab], added to; null if not wanted.</param>
    /// <param name="dBias">float32 [vocab], added to; null if not wanted.</param>
    /// <exception cref="ShapeException">A shape does not fit the others.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A target lies outside the vocabulary.</exception>
    public static void LinearCrossEntropyBackward(
        Tensor<float> x, Tensor<float> weight, Tensor<float>? bias, Tensor<int> targets,
        Tensor<float> logSumExp, Tensor<float> dLoss,
        Tensor<float>? dX, Tensor<float>? dWeight, Tensor<float>? dBias)
    {
        const string Op = "LinearCrossEntropyBackward";
        RequireLinear(Op, x, weight, bias, targets);
        RequireShape(Op, "logSumExp", logSumExp, [x.Shape[0]]);
        RequireShape(Op, "dLoss", dLoss, [x.Shape[0]]);
        RequireShape(Op, "dX", dX, x.Shape);
        RequireShape(Op, "dWeight", dWeight, weight.Shape);
        RequireShape(Op, "dBias", dBias, [weight.Shape[1]]);
        LinearCrossEntropyBackwardCpu(x, weight, bias, targets, logSumExp, dLoss, dX, dWeight, dBias);
        dX?.MarkWritten();
        dWeight?.MarkWritten();
        dBias?.MarkWritten();
        KeepLinear(x, weight, bias, targets);
        logSumExp.KeepAlive();
        dLoss.KeepAlive();
        dX?.KeepAlive();
        dWeight?.KeepAlive();
        dBias?.KeepAlive();
    }

    private static void RequireLinear(
        string op, Tensor<float> x, Tensor<float> weight, Tensor<float>? bias, Tensor<int> targets)
    {
        if (x.Rank != 2 || weight.Rank != 2 || x.Shape[1] != weight.Shape[0])
        {
            throw new ShapeException(
                $"{op}: x must be [n, dModel] and weight [dModel, vocab]; got {x.Shape} and "
                + $"{weight.Shape}; reshape x or transpose weight.");
        }

        int vocab = weight.Shape[1];
        RequireShape(op, "bias", bias, [vocab]);
        if (targets.Shape != Shape.Create([x.Shape[0]]))
        {
            throw new ShapeException(
                $"{op}: targets must be [{x.Shape[0]}] to match x {x.Shape}; got {targets.Shape}.");
        }

        if (x.Device != Device.Cpu)
        {
            throw x.Device.NoKernel(op);
        }

        int* target = targets.Pointer;
        for (int i = 0; i < targets.Shape[0]; i++)
        {
            int value = target[i * targets.Strides[0]];
            if ((uint)value >= (uint)vocab)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(targets),
                    $"{op}: targets must lie in 0 … {vocab - 1}; got {value} at {i}.");
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

    private static void KeepLinear(
        Tensor<float> x, Tensor<float> weight, Tensor<float>? bias, Tensor<int> targets)
    {
        x.KeepAlive();
        weight.KeepAlive();
        bias?.KeepAlive();
        targets.KeepAlive();
    }
}
