using Vitrine.Autograd;
using Vitrine.Interp.Losses;
using Vitrine.Models;
using Vitrine.Tensors;

namespace Vitrine.Interp.Patching;

/// <summary>Ablation: heads removed, to see what is lost without them (Olsson et al. 2022; Wang
/// et al. 2022).</summary>
/// <remarks>A head is ablated at its z, so the output of other heads stays; later heads read the
/// changed residual stream. Mean and resample keep the model closer to its training distribution
/// than zero.</remarks>
public static class Ablation
{
    /// <summary>The loss with and without some heads.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tokens">int32 [batch, pos]; every token but the first of each sequence is
    /// predicted.</param>
    /// <param name="heads">The heads to ablate.</param>
    /// <param name="kind">What replaces their output.</param>
    /// <param name="reference">int32 [batch, pos], the source of means and samples, of the same
    /// length for <see cref="AblationKind.Resample"/>; null for the tokens themselves.</param>
    /// <exception cref="ArgumentOutOfRangeException">A head does not exist.</exception>
    /// <exception cref="ArgumentException">There are no heads or fewer than two tokens, or
    /// resampling has no other sequence.</exception>
    public static AblationResult Losses(
        Transformer model, Tensor<int> tokens, IReadOnlyList<Head> heads, AblationKind kind,
        Tensor<int>? reference = null)
    {
        RequireTokens(tokens);
        float[][] before = PassageLosses.OfAll(model, tokens, hooks: null);
        float[][] after = Ablated(model, tokens, heads, kind, reference);
        DocumentLosses whole = DocumentLosses.Of(before, 0, before[0].Length);
        DocumentLosses without = DocumentLosses.Of(after, 0, after[0].Length);
        return new AblationResult(
            [.. heads], kind, LossEstimate.Of(whole), LossEstimate.Of(without),
            LossEstimate.Difference(without, whole));
    }

    /// <summary>The loss on repeated random tokens, with and without some heads, for the first and
    /// the second copy.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tokens">int32 [batch, pos]: two copies, with one token before them if the
    /// length is odd.</param>
    /// <param name="heads">The heads to ablate.</param>
    /// <param name="kind">What replaces their output; the reference is these tokens.</param>
    /// <returns>The losses of tokens 2 … n of each copy of n.</returns>
    /// <exception cref="ArgumentException">The second half does not repeat the first.</exception>
    /// <inheritdoc cref="Losses" path="/exception"/>
    public static RepeatLossAblation RepeatLoss(
        Transformer model, Tensor<int> tokens, IReadOnlyList<Head> heads, AblationKind kind)
    {
        (int start, int period) = Copies(tokens);
        float[][] before = PassageLosses.OfAll(model, tokens, hooks: null);
        float[][] after = Ablated(model, tokens, heads, kind, reference: null);
        return new RepeatLossAblation(
            [.. heads], kind,
            Copy(before, start), Copy(before, start + period), Copy(after, start),
            Copy(after, start + period));

        LossEstimate Copy(float[][] losses, int first) =>
            LossEstimate.Of(DocumentLosses.Of(losses, first, period - 1));
    }

    /// <summary>Hooks that ablate heads in any pass with the shape of
    /// <paramref name="tokens"/>.</summary>
    /// <inheritdoc cref="Losses"/>
    /// <returns>Hooks to which more can be added.</returns>
    public static Hooks HooksFor(
        Transformer model, Tensor<int> tokens, IReadOnlyList<Head> heads, AblationKind kind,
        Tensor<int>? reference = null)
    {
        Require(model, tokens, heads, kind, reference);
        Dictionary<Head, float[]> written = kind == AblationKind.Zero
            ? [] : Written(model, reference ?? tokens, heads, kind);
        int length = (reference ?? tokens).Shape[1];
        var hooks = new Hooks();
        foreach (IGrouping<int, Head> layer in heads.Distinct().GroupBy(head => head.Layer))
        {
            Head[] some = [.. layer];
            hooks.Replace(HookNames.Z(layer.Key), (_, z) =>
                Without(z, some, kind, written, length));
        }

        return hooks;
    }

    /// <summary>Mixed values with some heads' replaced.</summary>
    private static Tensor<float> Without(
        Tensor<float> z, Head[] heads, AblationKind kind, Dictionary<Head, float[]> written,
        int length)
    {
        Tensor<float> result = z.Clone();
        int dHead = z.Shape[3];
        foreach (Head head in heads)
        {
            Tensor<float> part = result.Select(2, head.Index);               // [batch, pos, dHead]
            if (kind == AblationKind.Zero)
            {
                part.Fill(0);
                continue;
            }

            float[] values = written[head];
            using Tensor<float> other = kind == AblationKind.Mean
                ? Tensor.From<float>(values, [dHead], z.Device)
                : Tensor.From<float>(
                    values, [values.Length / (length * dHead), length, dHead], z.Device);
            if (kind == AblationKind.Mean)
            {
                part.CopyFrom(other);
                continue;
            }

            // Sequence b takes from b + 1: another one, and every one is taken once.
            for (int b = 0; b < z.Shape[0]; b++)
            {
                part.Select(0, b).CopyFrom(
                    other.Select(0, (b + 1) % other.Shape[0]).Slice(0, 0, z.Shape[1]));
            }
        }

        return result;
    }

    /// <summary>Each head's mixed values over a batch: their mean [dHead], or all [batch, pos,
    /// dHead].</summary>
    private static Dictionary<Head, float[]> Written(
        Transformer model, Tensor<int> tokens, IReadOnlyList<Head> heads, AblationKind kind)
    {
        var written = new Dictionary<Head, float[]>();
        var hooks = new Hooks();
        foreach (Head head in heads.Distinct())
        {
            hooks.Observe(HookNames.Z(head.Layer), (_, z) =>
            {
                Tensor<float> part = z.Select(2, head.Index);
                written[head] = kind == AblationKind.Resample ? part.ToArray() : Mean(part);
            });
        }

        using var tape = Tape.NoGrad();
        int next = heads.Max(head => head.Layer) + 1;
        model.Through(tape, model.Embedded(tape, tokens), 0, next, hooks);
        return written;
    }

    private static float[] Mean(Tensor<float> z)
    {
        float[] all = z.ToArray();
        int dHead = z.Shape[2];
        var sum = new double[dHead];
        for (int i = 0; i < all.Length; i++)
        {
            sum[i % dHead] += all[i];
        }

        return [.. sum.Select(value => (float)(value * dHead / all.Length))];
    }

    private static float[][] Ablated(
        Transformer model, Tensor<int> tokens, IReadOnlyList<Head> heads, AblationKind kind,
        Tensor<int>? reference) =>
        PassageLosses.OfAll(model, tokens, HooksFor(model, tokens, heads, kind, reference));

    private static (int Start, int Period) Copies(Tensor<int> tokens)
    {
        RequireTokens(tokens);
        int length = tokens.Shape[1];
        (int start, int period) = (length % 2, length / 2);
        for (int b = 0; b < tokens.Shape[0]; b++)
        {
            for (int i = 0; i < period; i++)
            {
                if (period < 2 || tokens[b, start + i] != tokens[b, start + period + i])
                {
                    throw new ArgumentException(
                        "RepeatLoss: tokens must be two copies of at least 2 tokens, with one "
                        + $"before them if the length is odd; got {tokens.Shape}, whose sequence "
                        + $"{b} differs at position {start + i}; draw them with "
                        + "RepeatedTokens.", nameof(tokens));
                }
            }
        }

        return (start, period);
    }

    private static void RequireTokens(Tensor<int> tokens)
    {
        if (tokens.Rank != 2 || tokens.Shape[0] < 1 || tokens.Shape[1] < 2)
        {
            throw new ArgumentException(
                "Ablation: tokens must be [batch, pos] with at least 2 positions; got "
                + $"{tokens.Shape}.",
                nameof(tokens));
        }
    }

    private static void Require(
        Transformer model, Tensor<int> tokens, IReadOnlyList<Head> heads, AblationKind kind,
        Tensor<int>? reference)
    {
        if (heads.Count == 0)
        {
            throw new ArgumentException(
                "Ablation: name at least one head; got none.", nameof(heads));
        }

        foreach (Head head in heads)
        {
            head.In(model.Config.Layers, model.Config.Heads);
        }

        RequireTokens(tokens);
        Tensor<int> from = reference ?? tokens;
        if (kind == AblationKind.Resample
            && (from.Shape[1] != tokens.Shape[1] || from.Shape[0] < 2))
        {
            throw new ArgumentException(
                "Ablation: resampling needs another sequence of the same length; got a reference "
                + $"of {from.Shape} for tokens {tokens.Shape}; give several sequences, or ablate "
                + "by zero or mean.",
                nameof(reference));
        }
    }
}
