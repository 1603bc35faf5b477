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
        Tensor<int>? reference = null) => Losses(
            model, tokens, heads, kind,
            HooksFor(model, tokens, heads, kind, reference, out HeadMeans? means), means);

    /// <summary>The loss with and without some heads, of which means over any text stay.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tokens">int32 [batch, pos]; every token but the first of each sequence is
    /// predicted.</param>
    /// <param name="heads">The heads to ablate.</param>
    /// <param name="means">What they write instead.</param>
    /// <exception cref="ArgumentOutOfRangeException">A head does not exist.</exception>
    /// <exception cref="ArgumentException">There are no heads or fewer than two
    /// tokens.</exception>
    public static AblationResult Losses(
        Transformer model, Tensor<int> tokens, IReadOnlyList<Head> heads, HeadMeans means) =>
        Losses(
            model, tokens, heads, AblationKind.Mean, HooksFor(model, tokens, heads, means), means);

    private static AblationResult Losses(
        Transformer model, Tensor<int> tokens, IReadOnlyList<Head> heads, AblationKind kind,
        Hooks without, HeadMeans? means)
    {
        float[][] before = PassageLosses.OfAll(model, tokens, hooks: null);
        float[][] after = PassageLosses.OfAll(model, tokens, without);
        DocumentLosses whole = DocumentLosses.Of(before, 0, before[0].Length);
        DocumentLosses rest = DocumentLosses.Of(after, 0, after[0].Length);
        return new AblationResult(
            [.. heads], kind, LossEstimate.Of(whole), LossEstimate.Of(rest),
            LossEstimate.Difference(rest, whole))
        {
            MeansOver = means?.Over,
            MeanTokens = means?.Tokens,
        };
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
    /// <inheritdoc cref="Losses(Transformer, Tensor{int}, IReadOnlyList{Head}, AblationKind,
    /// Tensor{int}?)" path="/exception"/>
    public static RepeatLossAblation RepeatLoss(
        Transformer model, Tensor<int> tokens, IReadOnlyList<Head> heads, AblationKind kind)
    {
        (int start, int period) = Copies(tokens);
        return RepeatLoss(
            model, tokens, heads, kind, start, period,
            HooksFor(model, tokens, heads, kind, reference: null, out HeadMeans? means), means);
    }

    /// <summary>The same with means over any text.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tokens">int32 [batch, pos]: two copies, with one token in front if the length
    /// is odd.</param>
    /// <param name="heads">The heads to ablate.</param>
    /// <param name="means">What they write instead.</param>
    /// <inheritdoc cref="RepeatLoss(Transformer, Tensor{int}, IReadOnlyList{Head}, AblationKind)"
    /// path="/returns | /exception"/>
    public static RepeatLossAblation RepeatLoss(
        Transformer model, Tensor<int> tokens, IReadOnlyList<Head> heads, HeadMeans means)
    {
        (int start, int period) = Copies(tokens);
        return RepeatLoss(
            model, tokens, heads, AblationKind.Mean, start, period,
            HooksFor(model, tokens, heads, means), means);
    }

    private static RepeatLossAblation RepeatLoss(
        Transformer model, Tensor<int> tokens, IReadOnlyList<Head> heads, AblationKind kind,
        int start, int period, Hooks without, HeadMeans? means)
    {
        float[][] before = PassageLosses.OfAll(model, tokens, hooks: null);
        float[][] after = PassageLosses.OfAll(model, tokens, without);
        return new RepeatLossAblation(
            [.. heads], kind,
            Copy(before, start), Copy(before, start + period), Copy(after, start),
            Copy(after, start + period))
        {
            MeansOver = means?.Over,
            MeanTokens = means?.Tokens,
        };

        LossEstimate Copy(float[][] losses, int first) =>
            LossEstimate.Of(DocumentLosses.Of(losses, first, period - 1));
    }

    /// <summary>Hooks that ablate heads in any pass over <paramref name="tokens"/>'
    /// shape.</summary>
    /// <inheritdoc cref="Losses(Transformer, Tensor{int}, IReadOnlyList{Head}, AblationKind,
    /// Tensor{int}?)"/>
    /// <returns>Hooks to which others can be added.</returns>
    public static Hooks HooksFor(
        Transformer model, Tensor<int> tokens, IReadOnlyList<Head> heads, AblationKind kind,
        Tensor<int>? reference = null) =>
        HooksFor(model, tokens, heads, kind, reference, out _);

    /// <summary>Hooks that put means in the place of what heads write.</summary>
    internal static Hooks HooksFor(
        Transformer model, Tensor<int> tokens, IReadOnlyList<Head> heads, HeadMeans means)
    {
        Require(model, tokens, heads, AblationKind.Mean, reference: null);
        return Replacing(heads, (head, part) =>
        {
            using Tensor<float> mean =
                Tensor.From(means[head], [part.Shape[2]], part.Device);
            part.CopyFrom(mean);
        });
    }

    private static Hooks HooksFor(
        Transformer model, Tensor<int> tokens, IReadOnlyList<Head> heads, AblationKind kind,
        Tensor<int>? reference, out HeadMeans? means)
    {
        Require(model, tokens, heads, kind, reference);
        means = null;
        Tensor<int> from = reference ?? tokens;
        int next = heads.Max(head => head.Layer) + 1;
        switch (kind)
        {
            case AblationKind.Zero:
                return Replacing(heads, (_, part) => part.Fill(0));
            case AblationKind.Mean:
                means = HeadMeans.Of(
                    model, [from.Clone()],
                    reference is null ? "these sequences" : "the reference", next);
                return HooksFor(model, tokens, heads, means);
            default:
                Dictionary<Head, float[]> written = Written(model, from, heads, next);
                int length = from.Shape[1];
                return Replacing(heads, (head, part) =>
                    Resample(part, written[head], length));
        }
    }

    /// <summary>Hooks that write into the z of heads, [batch, pos, dHead] each.</summary>
    private static Hooks Replacing(IReadOnlyList<Head> heads, Action<Head, Tensor<float>> write)
    {
        var hooks = new Hooks();
        foreach (IGrouping<int, Head> layer in heads.Distinct().GroupBy(head => head.Layer))
        {
            Head[] some = [.. layer];
            hooks.Replace(HookNames.Z(layer.Key), (_, z) =>
            {
                Tensor<float> result = z.Clone();
                foreach (Head head in some)
                {
                    write(head, result.Select(2, head.Index));
                }

                return result;
            });
        }

        return hooks;
    }

    /// <summary>Sequence b takes from b + 1: another one, and every one is taken once.</summary>
    private static void Resample(Tensor<float> part, float[] values, int length)
    {
        int dHead = part.Shape[2];
        using Tensor<float> other = Tensor.From<float>(
            values, [values.Length / (length * dHead), length, dHead], part.Device);
        for (int b = 0; b < part.Shape[0]; b++)
        {
            part.Select(0, b).CopyFrom(
                other.Select(0, (b + 1) % other.Shape[0]).Slice(0, 0, part.Shape[1]));
        }
    }

    /// <summary>Each head's mixed values over a batch, [batch, pos, dHead].</summary>
    private static Dictionary<Head, float[]> Written(
        Transformer model, Tensor<int> tokens, IReadOnlyList<Head> heads, int layers)
    {
        var written = new Dictionary<Head, float[]>();
        var hooks = new Hooks();
        foreach (Head head in heads.Distinct())
        {
            hooks.Observe(HookNames.Z(head.Layer), (_, z) =>
                written[head] = z.Select(2, head.Index).ToArray());
        }

        using var tape = Tape.NoGrad();
        model.Through(tape, model.Embedded(tape, tokens), 0, layers, hooks);
        return written;
    }

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
