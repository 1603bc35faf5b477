using Vitrine.Autograd;
using Vitrine.Models;
using Vitrine.Tensors;

namespace Vitrine.Interp.Losses;

/// <summary>The loss of tokens for a model, each given all earlier tokens in its
/// sequence.</summary>
public static class PassageLosses
{
    private const int AtOnce = 32;

    /// <summary>−ln p of the tokens at the end of a passage, in nats. Logits are computed only for
    /// these.</summary>
    /// <param name="model">The model; borrowed.</param>
    /// <param name="tokens">The passage; its last token is only predicted.</param>
    /// <param name="from">The first token whose loss is computed, at least 1.</param>
    /// <returns>A loss for each of <c>tokens[from..]</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="from"/> is not within the
    /// passage.</exception>
    public static float[] Of(Transformer model, ReadOnlySpan<int> tokens, int from)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(from, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(from, tokens.Length);
        int given = tokens.Length - 1;
        using Tensor<int> input = model.Batch(tokens[..given]);
        int[] rows = [.. Enumerable.Range(from - 1, tokens.Length - from)];
        return
        [
            .. At(model, input, rows, tokens[from..].ToArray()).Select(one => (float)one.Loss),
        ];
    }

    /// <summary>A model's predictions at some places of a batch: the logit of a next token and its
    /// −ln p in nats.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tokens">int32 [batch, pos].</param>
    /// <param name="rows">The places, <c>sequence · pos + position</c>; logits are computed only
    /// for these.</param>
    /// <param name="next">A token for each.</param>
    /// <param name="hooks">Hooks on the way; null for none.</param>
    /// <exception cref="RequestException">The model predicts no next token by itself.</exception>
    internal static (double Logit, double Loss)[] At(
        Transformer model, Tensor<int> tokens, int[] rows, int[] next, Hooks? hooks = null)
    {
        model.RequireDecoder("Losses");
        using Tape tape = Tape.NoGrad();
        using Tensor<int> places = Tensor.From<int>(rows, [rows.Length], model.Device);
        Var stream = model.Through(
            tape, model.Embedded(tape, tokens), 0, model.Config.Layers, hooks);
        Var chosen = tape.GatherRows(tape.Reshape(stream, -1, model.Config.DModel), places);
        Tensor<float> logits = model.Logits(tape, chosen).Value;
        using Tensor<float> normalisers = Ops.LogSumExp(logits, -1);
        var said = new (double Logit, double Loss)[rows.Length];
        for (int i = 0; i < said.Length; i++)
        {
            double logit = logits[i, next[i]];
            said[i] = (logit, normalisers[i] - logit);
        }

        return said;
    }

    /// <summary><c>−ln p(next | context)</c> in nats, one for each, whatever lengths contexts
    /// have: shorter ones are padded after their end, which causal attention does not
    /// see.</summary>
    internal static double[] After(
        Transformer model, IReadOnlyList<(int[] Context, int Next)> cases,
        CancellationToken cancellation = default)
    {
        var losses = new List<double>(cases.Count);
        foreach ((int[] Context, int Next)[] some in cases.Chunk(AtOnce))
        {
            cancellation.ThrowIfCancellationRequested();
            int length = some.Max(one => one.Context.Length);
            using Tensor<int> tokens = model.Batch(
            [
                .. some.Select(one =>
                    (int[])[.. one.Context, .. new int[length - one.Context.Length]]),
            ]);
            losses.AddRange(At(
                model, tokens,
                [.. some.Select((one, i) => (i * length) + one.Context.Length - 1)],
                [.. some.Select(one => one.Next)]).Select(one => one.Loss));
        }

        return [.. losses];
    }

    /// <summary>−ln p of every token but the first of each sequence, [sequence][pos − 1], in nats;
    /// logits are never held.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tokens">int32 [batch, pos].</param>
    /// <param name="hooks">Hooks on the way; null for none.</param>
    internal static float[][] OfAll(Transformer model, Tensor<int> tokens, Hooks? hooks = null)
    {
        int predicted = tokens.Shape[1] - 1;
        using Tensor<int> given = tokens.Slice(1, 0, predicted).Clone();
        using Tensor<int> targets = tokens.Slice(1, 1, predicted).Clone();
        using Tape tape = Tape.NoGrad();
        float[] losses = model.Losses(tape, given, targets, hooks).Value.ToArray();
        return [.. losses.Chunk(predicted)];
    }
}
