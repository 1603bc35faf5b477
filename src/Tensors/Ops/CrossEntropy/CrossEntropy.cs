namespace Vitrine.Tensors;

/// <content>CrossEntropy and its derivative.</content>
public static partial class Ops
{
    /// <summary>The cross-entropy of each row of logits with its target.</summary>
    /// <remarks>
    /// <para>lossᵢ = ln Σⱼ exp(logitsᵢⱼ) − logits[i, targetᵢ], in nats.</para>
    /// <para>The maximum is subtracted; the sum and the difference are kept in double precision. A
    /// row of only −∞, or with a +∞ or a NaN, gives NaN.</para>
    /// </remarks>
    /// <param name="logits">float32 [n, vocab], any strides.</param>
    /// <param name="targets">int32 [n], each in 0 … vocab − 1.</param>
    /// <param name="into">Where the losses go; a new tensor, owned by the caller, if null.</param>
    /// <returns>The destination, float32 [n].</returns>
    /// <exception cref="ShapeException">The shapes do not match.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A target is outside the
    /// vocabulary.</exception>
    public static Tensor<float> CrossEntropy(
        Tensor<float> logits, Tensor<int> targets, Tensor<float>? into = null)
    {
        CheckCrossEntropy(nameof(CrossEntropy), logits, targets);
        Device.RequireCpu(nameof(CrossEntropy), logits, targets, into);
        Tensor<int> flat = Destination.Contiguous(targets);
        RowIndices.Check(
            nameof(CrossEntropy), nameof(targets), flat, logits.Shape[1], "vocabulary");
        Tensor<float> losses = Destination.For(
            nameof(CrossEntropy), [logits.Shape[0]], into, false, logits.Device);
        Tensor<float> source = Destination.Apart(logits, losses);
        CrossEntropyRows.Run(source, flat, null, losses, false);
        losses.MarkWritten();
        Destination.Release(source, logits);
        Destination.Release(flat, targets);
        losses.KeepAlive();
        return losses;
    }

    /// <summary>The gradient of <see cref="CrossEntropy"/> with respect to the logits.</summary>
    /// <remarks>
    /// <para>dLogits[i, j] = dLossᵢ (softmax(logitsᵢ)ⱼ − [j = targetᵢ]).</para>
    /// </remarks>
    /// <param name="logits">float32 [n, vocab], any strides.</param>
    /// <param name="targets">int32 [n], each in 0 … vocab − 1.</param>
    /// <param name="dLoss">float32 [n], the gradient with respect to each loss.</param>
    /// <param name="into">Where dLogits go; a new tensor, owned by the caller, if null.</param>
    /// <param name="accumulate">Whether dLogits are added to <paramref name="into"/>.</param>
    /// <returns>The destination, float32 [n, vocab].</returns>
    /// <exception cref="ShapeException">The shapes do not match.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A target is outside the
    /// vocabulary.</exception>
    /// <exception cref="ArgumentException"><paramref name="accumulate"/> without
    /// <paramref name="into"/>.</exception>
    public static Tensor<float> CrossEntropyBackward(
        Tensor<float> logits,
        Tensor<int> targets,
        Tensor<float> dLoss,
        Tensor<float>? into = null,
        bool accumulate = false)
    {
        const string Op = nameof(CrossEntropyBackward);
        CheckCrossEntropy(Op, logits, targets);
        if (dLoss.Shape != targets.Shape)
        {
            throw new ShapeException(
                $"{Op}: dLoss must be {targets.Shape}, one for each target; got {dLoss.Shape}; use "
                + "BroadcastTo for a scalar.");
        }

        Device.RequireCpu(Op, logits, targets, dLoss, into);
        Tensor<int> flat = Destination.Contiguous(targets);
        RowIndices.Check(Op, nameof(targets), flat, logits.Shape[1], "vocabulary");
        Tensor<float> dLogits = Destination.For(Op, logits.Shape, into, accumulate, logits.Device);
        Tensor<float> source = Destination.Apart(logits, dLogits);
        Tensor<float> scale = Destination.Apart(dLoss, dLogits);
        CrossEntropyRows.Run(source, flat, scale, dLogits, accumulate);
        dLogits.MarkWritten();
        Destination.Release(source, logits);
        Destination.Release(scale, dLoss);
        Destination.Release(flat, targets);
        dLogits.KeepAlive();
        return dLogits;
    }

    private static void CheckCrossEntropy(string op, Tensor<float> logits, Tensor<int> targets)
    {
        if (logits.Rank != 2 || targets.Rank != 1 || targets.Shape[0] != logits.Shape[0])
        {
            throw new ShapeException(
                $"{op}: logits must be [n, vocab] and targets [n]; got {logits.Shape} and "
                + $"{targets.Shape}; Reshape batches to one axis.");
        }
    }
}
