using Vitrine.Autograd;
using Vitrine.Models;
using Vitrine.Models.Data;
using Vitrine.Tensors;

namespace Vitrine.Interp.Patching;

/// <summary>The mean of what every head's z is over some text, for mean ablation (Wang et al.
/// 2022).</summary>
/// <example>
/// <code>
/// HeadMeans means = HeadMeans.Of(model, corpus, corpus.HeldOutDocuments);
/// AblationResult without = Ablation.Losses(model, tokens, [new Head(1, 0)], means);
/// </code>
/// </example>
public sealed class HeadMeans
{
    private const int AtOnce = 32;
    private readonly int[] _dHead;
    private readonly float[][] _means;

    private HeadMeans(Transformer model, double[][] sums, string over, long tokens)
    {
        _dHead = [.. sums.Select((_, layer) => model.Config.Attention![layer].DHead)];
        _means = [.. sums.Select(sum => sum.Select(one => (float)(one / tokens)).ToArray())];
        (Over, Tokens) = (over, tokens);
    }

    /// <summary>What the means are over, in words.</summary>
    public string Over { get; }

    /// <summary>Over how many tokens.</summary>
    public long Tokens { get; }

    /// <summary>The mean z of a head, [dHead].</summary>
    /// <param name="head">A head of the model.</param>
    public ReadOnlySpan<float> this[Head head] =>
        _means[head.Layer].AsSpan(head.Index * _dHead[head.Layer], _dHead[head.Layer]);

    /// <summary>Over every position of some sequences.</summary>
    /// <param name="model">A model with attention layers; borrowed.</param>
    /// <param name="sequences">Sequences, each of at most the model's context. Neighbours of one
    /// length are read together.</param>
    /// <param name="over">What they are, in words.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ArgumentException">There are no tokens, or a sequence is longer than the
    /// context.</exception>
    public static HeadMeans Of(
        Transformer model, IEnumerable<int[]> sequences, string over = "these sequences",
        CancellationToken cancellation = default) =>
        Of(model, Batches(sequences).Select(model.Batch), over, model.Config.Layers, cancellation);

    /// <summary>Over every token of some documents, each cut into pieces as long as the context.
    /// </summary>
    /// <param name="model">A model with attention layers; borrowed.</param>
    /// <param name="corpus">The text.</param>
    /// <param name="documents">Documents of it: <see cref="Corpus.TrainDocuments"/>,
    /// <see cref="Corpus.HeldOutDocuments"/>.</param>
    /// <param name="over">What they are, in words.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ArgumentException">There are no documents.</exception>
    public static HeadMeans Of(
        Transformer model, Corpus corpus, IEnumerable<Document> documents,
        string over = "this text", CancellationToken cancellation = default) => Of(
            model,
            documents.SelectMany(
                document => corpus.Tokens(document).ToArray().Chunk(model.Config.Context)),
            over, cancellation);

    /// <summary>Over batches, each of which is disposed, in the layers before
    /// <paramref name="layers"/>.</summary>
    internal static HeadMeans Of(
        Transformer model, IEnumerable<Tensor<int>> batches, string over, int layers,
        CancellationToken cancellation = default)
    {
        double[][] sums =
        [
            .. Enumerable.Range(0, layers).Select(layer => new double[
                model.Config.Attention![layer].Heads * model.Config.Attention[layer].DHead]),
        ];
        var hooks = new Hooks();
        hooks.Observe("blocks.*.attn.hook_z", (point, z) =>
        {
            double[] sum = sums[point.Layer!.Value];
            float[] all = z.ToArray();
            for (int i = 0; i < all.Length; i++)
            {
                sum[i % sum.Length] += all[i];
            }
        });
        long tokens = 0;
        foreach (Tensor<int> batch in batches)
        {
            cancellation.ThrowIfCancellationRequested();
            using Tape tape = Tape.NoGrad();
            model.Through(tape, model.Embedded(tape, tape.Own(batch)), 0, layers, hooks);
            tokens += batch.Length;
        }

        return tokens > 0 && layers > 0 ? new HeadMeans(model, sums, over, tokens)
            : throw new ArgumentException(
                "HeadMeans: a model with attention layers and at least one token are needed; got "
                + $"{layers} layers and {tokens} tokens.");
    }

    /// <summary>Neighbours of one length, some at a time.</summary>
    private static IEnumerable<int[][]> Batches(IEnumerable<int[]> sequences)
    {
        var some = new List<int[]>();
        foreach (int[] one in sequences)
        {
            if (some.Count == AtOnce || (some.Count > 0 && some[0].Length != one.Length))
            {
                yield return [.. some];
                some.Clear();
            }

            some.Add(one);
        }

        if (some.Count > 0)
        {
            yield return [.. some];
        }
    }
}
