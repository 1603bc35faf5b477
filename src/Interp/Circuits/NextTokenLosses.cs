using Vitrine.Autograd;
using Vitrine.Models;
using Vitrine.Tensors;

namespace Vitrine.Interp.Circuits;

/// <summary>What a model loses on single next tokens, each behind a context of its own.</summary>
internal static class NextTokenLosses
{
    private const int AtOnce = 32;

    /// <summary><c>−ln p(next | context)</c> in nats, one for each.</summary>
    /// <remarks>Shorter contexts are padded behind their end, which causal attention does not see,
    /// and logits are computed at the last position alone.</remarks>
    /// <param name="model">The model.</param>
    /// <param name="cases">Contexts of at least one token, no longer than the model's, and what
    /// follows.</param>
    /// <param name="cancellation">Ends it between batches.</param>
    public static double[] Of(
        Transformer model, IReadOnlyList<(int[] Context, int Next)> cases,
        CancellationToken cancellation = default)
    {
        double[] losses = new double[cases.Count];
        for (int start = 0; start < losses.Length; start += AtOnce)
        {
            cancellation.ThrowIfCancellationRequested();
            int count = Math.Min(AtOnce, losses.Length - start);
            Batch(model, cases, start, losses.AsSpan(start, count));
        }

        return losses;
    }

    private static void Batch(
        Transformer model, IReadOnlyList<(int[] Context, int Next)> cases, int start,
        Span<double> losses)
    {
        int length = 0;
        for (int i = 0; i < losses.Length; i++)
        {
            length = Math.Max(length, cases[start + i].Context.Length);
        }

        using Tensor<int> tokens = Tensor.Zeros<int>([losses.Length, length]);
        using Tensor<int> last = Tensor.Empty<int>([losses.Length]);
        for (int i = 0; i < losses.Length; i++)
        {
            int[] context = cases[start + i].Context;
            context.CopyTo(tokens.WritableSpan[(i * length)..]);
            last[i] = (i * length) + context.Length - 1;
        }

        using Tape tape = Tape.NoGrad();
        Var resid = model.Through(tape, model.Embedded(tape, tokens), 0, model.Config.Layers);
        Var ends = tape.GatherRows(
            tape.Reshape(resid, losses.Length * length, model.Config.DModel), last);
        Tensor<float> logits = model.Logits(tape, ends).Value;
        using Tensor<float> normalisers = Ops.LogSumExp(logits, -1);
        for (int i = 0; i < losses.Length; i++)
        {
            losses[i] = (double)normalisers[i] - logits[i, cases[start + i].Next];
        }
    }
}
