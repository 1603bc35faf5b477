using Vitrine.Autograd;
using Vitrine.Models;
using Vitrine.Tensors;

namespace Vitrine.Interp.Attention;

/// <summary>How a head's attention falls with distance, as measured.</summary>
/// <param name="Head">The head, <c>layer.index</c>.</param>
/// <param name="Mean">The mean weight on the token d positions back, [distance], over all queries
/// that have one.</param>
/// <param name="Low">5% of these queries give less, [distance].</param>
/// <param name="High">5% of these queries give more, [distance].</param>
public sealed record HeadDistance(
    string Head, IReadOnlyList<double> Mean, IReadOnlyList<double> Low,
    IReadOnlyList<double> High);

/// <summary>The mean attention by distance of every head, on a text.
/// <code>mean_d = mean over sequences and queries i ≥ d of P[i, i − d]</code></summary>
/// <remarks>Compare <see cref="Circuits.PositionShare.ByDistance"/>, the attention from positions
/// alone: where the two agree, the head attends by position; where they differ, by
/// tokens.</remarks>
/// <param name="Heads">The heads, layer by layer.</param>
/// <param name="Uniform">The same for uniform attention, [distance]: <c>mean over i ≥ d of 1 / (i +
/// 1)</c>.</param>
/// <param name="Sequences">How many sequences.</param>
/// <param name="Positions">The tokens of each.</param>
public sealed record AttentionByDistance(
    IReadOnlyList<HeadDistance> Heads, IReadOnlyList<double> Uniform, int Sequences, int Positions)
    : Analysis(
        "distance",
        "How far back does it attend?",
        "attention weight",
        "Mean attention weight on the token at each distance back, over all queries that have one; "
        + "the band holds the middle 90% of queries.")
{
    /// <summary>Runs a model over sequences.</summary>
    /// <param name="model">A model with attention layers; borrowed.</param>
    /// <param name="sequences">Pieces of text of the same length.</param>
    /// <param name="cancellation">Checked between sequences.</param>
    /// <exception cref="ArgumentException">There are no sequences, they differ in length, or the
    /// model has no attention layers.</exception>
    public static AttentionByDistance Of(
        Transformer model, IReadOnlyList<int[]> sequences, CancellationToken cancellation = default)
    {
        if (sequences.Count == 0 || sequences.Any(row => row.Length != sequences[0].Length)
            || model.Config.Layers == 0)
        {
            throw new ArgumentException(
                "AttentionByDistance: needs sequences of the same length and a model with "
                + $"attention layers; got {sequences.Count} of "
                + $"{string.Join(", ", sequences.Select(row => row.Length).Distinct())} tokens and "
                + $"{model.Config.Layers} layers.", nameof(sequences));
        }

        int length = sequences[0].Length;
        (int layers, int heads) = (model.Config.Layers, model.Config.Heads);
        List<float>[][] weights =
        [
            .. Enumerable.Range(0, layers * heads).Select(_ =>
                Enumerable.Range(0, length).Select(_ => new List<float>()).ToArray()),
        ];
        Hooks hooks = new Hooks().Observe("blocks.*.attn.hook_pattern", (point, pattern) =>
        {
            for (int head = 0; head < heads; head++)
            {
                Take(
                    pattern.Select(0, 0).Select(0, head).Span, length,
                    weights[(point.Layer!.Value * heads) + head]);
            }
        });
        foreach (int[] sequence in sequences)
        {
            cancellation.ThrowIfCancellationRequested();
            using Tape tape = Tape.NoGrad();
            using Tensor<int> tokens = model.Batch(sequence);
            _ = model.Through(tape, model.Embedded(tape, tokens), 0, layers, hooks);
        }

        return new AttentionByDistance(
            [
                .. weights.Select((byDistance, i) =>
                    Summary(new Head(i / heads, i % heads), byDistance)),
            ],
            [
                .. Enumerable.Range(0, length).Select(distance => Enumerable
                    .Range(distance, length - distance).Average(query => 1.0 / (query + 1))),
            ],
            sequences.Count, length);
    }

    private static void Take(ReadOnlySpan<float> pattern, int length, List<float>[] byDistance)
    {
        for (int query = 0; query < length; query++)
        {
            for (int key = 0; key <= query; key++)
            {
                byDistance[query - key].Add(pattern[(query * length) + key]);
            }
        }
    }

    private static HeadDistance Summary(Head head, List<float>[] byDistance)
    {
        foreach (List<float> values in byDistance)
        {
            values.Sort();
        }

        return new HeadDistance(
            head.ToString(),
            [.. byDistance.Select(values => values.Average(weight => (double)weight))],
            [.. byDistance.Select(values => (double)Spread.Quantile(values, 0.05))],
            [.. byDistance.Select(values => (double)Spread.Quantile(values, 0.95))]);
    }
}
