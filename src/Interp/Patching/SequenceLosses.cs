using Vitrine.Autograd;
using Vitrine.Interp.Losses;
using Vitrine.Models;
using Vitrine.Tensors;

namespace Vitrine.Interp.Patching;

/// <summary>The losses of a batch, sequence by sequence.</summary>
internal static class SequenceLosses
{
    /// <summary>−log p of every token but the first, [sequence][pos − 1], in nats.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tokens">int32 [batch, pos].</param>
    /// <param name="hooks">What is changed on the way; null for nothing.</param>
    public static float[][] Of(Transformer model, Tensor<int> tokens, Hooks? hooks)
    {
        int predicted = tokens.Shape[1] - 1;
        using Tensor<int> given = tokens.Slice(1, 0, predicted).Clone();
        using Tensor<int> targets = tokens.Slice(1, 1, predicted).Clone();
        using var tape = Tape.NoGrad();
        float[] losses = model.Losses(tape, given, targets, hooks).Value.ToArray();
        return [.. losses.Chunk(predicted)];
    }

    /// <summary>The sum of some of each sequence's losses.</summary>
    /// <param name="losses">[sequence][pos − 1].</param>
    /// <param name="first">The first of them.</param>
    /// <param name="count">How many.</param>
    public static DocumentLosses Sums(float[][] losses, int first, int count) => new(
        [.. losses.Select(row => row.AsSpan(first, count).ToArray().Sum(loss => (double)loss))],
        [.. losses.Select(_ => count)]);
}
