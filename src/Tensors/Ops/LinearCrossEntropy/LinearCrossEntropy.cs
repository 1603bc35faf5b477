namespace Vitrine.Tensors;

public static unsafe partial class Ops
{
    /// <summary>A linear layer and the cross-entropy of its logits, fused.
    /// <code>logits[i, v] = Σ_d x[i, d] · weight[d, v] + bias[v]
    /// logSumExp[i] = log Σ_v exp logits[i, v]
    /// loss[i] = logSumExp[i] − logits[i, targets[i]]</code></summary>
    /// <remarks>
    /// The logits exist only as tiles in cache: memory is O(n), not O(n · vocab). The maximum is
    /// subtracted before the exponential, so logits of any finite size are safe. The same bits for
    /// any number of threads. The composed form is <c>MatMul</c>, <c>Add</c>, <c>CrossEntropy</c>.
    /// </remarks>
    /// <param name="x">float32 [n, dModel].</param>
    /// <param name="weight">float32 [dModel, vocab]; the transposed view of a contiguous
    /// [vocab, dModel] is the fast layout.</param>
    /// <param name="bias">float32 [vocab], or null for none.</param>
    /// <param name="targets">int32 [n], each in 0 … vocab − 1.</param>
    /// <returns>float32 [n], the losses in nats; the caller owns it.</returns>
    /// <exception cref="ShapeException">A shape does not fit the others.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A target is outside the
    /// vocabulary.</exception>
    public static Tensor<float> LinearCrossEntropy(
        Tensor<float> x, Tensor<float> weight, Tensor<float>? bias, Tensor<int> targets) =>
        Losses(x, weight, null, bias, targets, withSums: false, out _);

    /// <param name="x">float32 [n, dModel].</param>
    /// <param name="weight">float32 [dModel, vocab].</param>
    /// <param name="bias">float32 [vocab], or null for none.</param>
    /// <param name="targets">int32 [n], each in 0 … vocab − 1.</param>
    /// <param name="logSumExp">float32 [n]; the caller owns it.</param>
    /// <inheritdoc cref="LinearCrossEntropy(Tensor{float}, Tensor{float}, Tensor{float},
    /// Tensor{int})"/>
    public static Tensor<float> LinearCrossEntropy(
        Tensor<float> x, Tensor<float> weight, Tensor<float>? bias, Tensor<int> targets,
        out Tensor<float> logSumExp)
    {
        Tensor<float> losses = Losses(
            x, weight, null, bias, targets, withSums: true, out Tensor<float>? sums);
        logSumExp = sums!;
        return losses;
    }

    /// <summary>A linear layer with a weight of any element type and the cross-entropy of its
    /// logits, fused; the weight is decoded 96 columns at a time.</summary>
    /// <inheritdoc cref="LinearCrossEntropy(Tensor{float}, Tensor{float}, Tensor{float},
    /// Tensor{int})"/>
    public static Tensor<float> LinearCrossEntropy(
        Tensor<float> x, Weight weight, Tensor<float>? bias, Tensor<int> targets) =>
        Losses(x, weight.Float32, weight, bias, targets, withSums: false, out _);

    private static Tensor<float> Losses(
        Tensor<float> x, Tensor<float>? weight, Weight? encoded, Tensor<float>? bias,
        Tensor<int> targets, bool withSums, out Tensor<float>? logSumExp)
    {
        const string Op = nameof(LinearCrossEntropy);
        Shape shape = weight?.Shape ?? encoded!.Shape;
        RequireLinear(Op, x, shape, bias, targets);
        Device.RequireCpu(Op, x, weight, encoded, bias, targets);
        RequireTargets(Op, targets, shape[1]);
        Tensor<float> losses = Tensor.Empty<float>([x.Shape[0]], x.Device);
        logSumExp = withSums ? Tensor.Empty<float>([x.Shape[0]], x.Device) : null;
        LinearCrossEntropyJob job = LinearJob(x, weight, encoded, bias, targets);
        job.Losses = Strided<float>.Of(losses);
        job.LogSumExp = Strided<float>.Of(logSumExp);
        WidestGemm.Run(ref job);
        KeepLinear(x, weight, bias, targets);
        encoded?.KeepAlive();
        losses.KeepAlive();
        logSumExp?.KeepAlive();
        return losses;
    }

    /// <summary><c>LinearCrossEntropy</c> together with its gradients, at the cost of the gradients
    /// alone: three matrix products.
    /// <code>dLogits[i, v] = dLoss[i] · (exp(logits[i, v] − logSumExp[i]) − [v = targets[i]])
    /// dX = dLogits · weightᵀ,  dWeight = xᵀ · dLogits,  dBias = Σᵢ dLogits[i, ·]</code></summary>
    /// <remarks>For a training step, where dLoss is known in advance: 1 for a sum, 1/n for a mean.
    /// The buffers are overwritten. It holds 400 · vocab floats of scratch while it runs.</remarks>
    /// <param name="x">float32 [n, dModel].</param>
    /// <param name="weight">float32 [dModel, vocab]; the transposed view of a contiguous
    /// [vocab, dModel] is the fast layout.</param>
    /// <param name="bias">float32 [vocab], or null for none.</param>
    /// <param name="targets">int32 [n], each in 0 … vocab − 1.</param>
    /// <param name="dLoss">float32 [n].</param>
    /// <param name="dX">float32 [n, dModel], overwritten; null if not wanted.</param>
    /// <param name="dWeight">float32 [dModel, vocab], overwritten; null if not wanted.</param>
    /// <param name="dBias">float32 [vocab], overwritten; null if not wanted.</param>
    /// <returns>float32 [n], the losses in nats; the caller owns it.</returns>
    /// <exception cref="ShapeException">A shape does not fit the others.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A target is outside the
    /// vocabulary.</exception>
    public static Tensor<float> LinearCrossEntropyWithGradients(
        Tensor<float> x, Tensor<float> weight, Tensor<float>? bias, Tensor<int> targets,
        Tensor<float> dLoss,
        Tensor<float>? dX, Tensor<float>? dWeight, Tensor<float>? dBias)
    {
        const string Op = "LinearCrossEntropyWithGradients";
        RequireLinear(Op, x, weight.Shape, bias, targets);
        RequireGradients(Op, x, weight.Shape, dLoss, dX, dWeight, dBias);
        Device.RequireCpu(Op, x, weight, bias, targets, dLoss, dX, dWeight, dBias);
        RequireTargets(Op, targets, weight.Shape[1]);
        Tensor<float> losses = Tensor.Empty<float>([x.Shape[0]], x.Device);
        LinearCrossEntropyJob job = LinearJob(x, weight, null, bias, targets);
        job.Losses = Strided<float>.Of(losses);
        job.Overwrite = true;
        AskForGradients(ref job, dLoss, dX, dWeight, dBias);
        if (job.Tokens == 0)
        {
            dWeight?.Fill(0);
            dBias?.Fill(0);
        }

        WidestGemm.Run(ref job);
        KeepLinear(x, weight, bias, targets);
        KeepGradients(dLoss, dX, dWeight, dBias);
        losses.KeepAlive();
        return losses;
    }

    /// <summary>The gradients of <c>LinearCrossEntropy</c>, added into the given buffers.
    /// <code>dLogits[i, v] = dLoss[i] · (exp(logits[i, v] − logSumExp[i]) − [v = targets[i]])
    /// dX += dLogits · weightᵀ,  dWeight += xᵀ · dLogits,  dBias += Σᵢ dLogits[i, ·]
    /// </code></summary>
    /// <remarks>The logits are recomputed, tile by tile; <c>dLogits</c> never exists as a whole. It
    /// holds 400 · vocab floats of scratch while it runs.</remarks>
    /// <param name="x">float32 [n, dModel].</param>
    /// <param name="weight">float32 [dModel, vocab].</param>
    /// <param name="bias">float32 [vocab], or null for none.</param>
    /// <param name="targets">int32 [n].</param>
    /// <param name="dLoss">float32 [n].</param>
    /// <param name="dX">float32 [n, dModel], added to; null if not wanted.</param>
    /// <param name="dWeight">float32 [dModel, vocab], added to; null if not wanted.</param>
    /// <param name="dBias">float32 [vocab], added to; null if not wanted.</param>
    /// <exception cref="ShapeException">A shape does not fit the others.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A target is outside the
    /// vocabulary.</exception>
    public static void LinearCrossEntropyBackward(
        Tensor<float> x, Tensor<float> weight, Tensor<float>? bias, Tensor<int> targets,
        Tensor<float> dLoss,
        Tensor<float>? dX, Tensor<float>? dWeight, Tensor<float>? dBias) =>
        LossGradients(
            x, weight, null, bias, targets, dLoss, dX, dWeight, dBias);

    /// <summary>The gradients of <see cref="LinearCrossEntropy(Tensor{float}, Weight,
    /// Tensor{float}, Tensor{int})"/> by x and the bias; the weight is a
    /// constant.</summary>
    /// <inheritdoc cref="LinearCrossEntropyBackward(Tensor{float}, Tensor{float}, Tensor{float},
    /// Tensor{int}, Tensor{float}, Tensor{float}, Tensor{float}, Tensor{float})"/>
    public static void LinearCrossEntropyBackward(
        Tensor<float> x, Weight weight, Tensor<float>? bias, Tensor<int> targets,
        Tensor<float> dLoss, Tensor<float>? dX,
        Tensor<float>? dBias = null) =>
        LossGradients(
            x, weight.Float32, weight, bias, targets, dLoss, dX, null, dBias);

    private static void LossGradients(
        Tensor<float> x, Tensor<float>? weight, Weight? encoded, Tensor<float>? bias,
        Tensor<int> targets, Tensor<float> dLoss,
        Tensor<float>? dX, Tensor<float>? dWeight, Tensor<float>? dBias)
    {
        const string Op = "LinearCrossEntropyBackward";
        Shape shape = weight?.Shape ?? encoded!.Shape;
        RequireLinear(Op, x, shape, bias, targets);
        RequireGradients(Op, x, shape, dLoss, dX, dWeight, dBias);
        Device.RequireCpu(
            Op, x, weight, encoded, bias, targets, dLoss, dX, dWeight, dBias);
        RequireTargets(Op, targets, shape[1]);
        LinearCrossEntropyJob job = LinearJob(x, weight, encoded, bias, targets);
        AskForGradients(ref job, dLoss, dX, dWeight, dBias);
        WidestGemm.Run(ref job);
        KeepLinear(x, weight, bias, targets);
        KeepGradients(dLoss, dX, dWeight, dBias);
        encoded?.KeepAlive();
    }
}
