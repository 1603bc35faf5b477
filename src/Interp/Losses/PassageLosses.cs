using Vitrine.Autograd;
using Vitrine.Models;
using Vitrine.Tensors;

namespace Vitrine.Interp.Losses;

/// <summary>How hard the tokens at the end of a passage are for a model.</summary>
public static class PassageLosses
{
    /// <summary>−ln p of tokens, each given all before it, in nats. Logits are computed for these
    /// alone.</summary>
    /// <param name="model">The model; borrowed.</param>
    /// <param name="tokens">The passage; its last token is only predicted.</param>
    /// <param name="from">The first token whose loss is asked for, at least 1.</param>
    /// <returns>A loss for each of <c>tokens[from..]</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="from"/> is not within the
    /// passage.</exception>
    public static float[] Of(Transformer model, ReadOnlySpan<int> tokens, int from)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(from, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(from, tokens.Length);
        int given = tokens.Length - 1;
        using Tape tape = Tape.NoGrad();
        using Tensor<int> input = Tensor.From(tokens[..given], [1, given]);
        using Tensor<int> rows = Tensor.From<int>(
            [.. Enumerable.Range(from - 1, tokens.Length - from)]);
        Var stream = tape.Reshape(
            model.Through(tape, model.Embedded(tape, input), 0, model.Config.Layers),
            given, model.Config.DModel);
        Tensor<float> logits = model.Logits(tape, tape.GatherRows(stream, rows)).Value;
        using Tensor<float> normalisers = Ops.LogSumExp(logits, -1);
        var losses = new float[rows.Shape[0]];
        for (int i = 0; i < losses.Length; i++)
        {
            losses[i] = normalisers[i] - logits[i, tokens[from + i]];
        }

        return losses;
    }
}
