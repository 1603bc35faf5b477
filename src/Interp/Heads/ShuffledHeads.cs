using Vitrine.Autograd;
using Vitrine.Models;
using Vitrine.Tensors;

namespace Vitrine.Interp.Heads;

/// <summary>The middle 90% of a score for chance heads.</summary>
/// <param name="Low">5% lie below.</param>
/// <param name="High">5% lie above.</param>
/// <param name="Count">The number of chance heads.</param>
internal sealed record ChanceBand(double Low, double High, int Count);

/// <summary>The scores of heads with shuffled weights: the baseline of head detectors.</summary>
/// <remarks>The entries of each head are shuffled within every weight of the attention layers,
/// including relative biases; embeddings stay. So the weights keep their distribution and the
/// tokens their meaning, but what the head learned is gone.</remarks>
internal static class ShuffledHeads
{
    private const ulong Stream = 0x5348_5546;

    /// <summary>Scores shuffled models.</summary>
    /// <param name="model">The model; borrowed, not changed.</param>
    /// <param name="score">Scores a model, as the model itself was scored.</param>
    /// <param name="draws">How many shuffles; each covers all heads of the model.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="cancellation">Checked between shuffles.</param>
    /// <returns>The band of each score, by <see cref="HeadScoreNames"/>.</returns>
    public static IReadOnlyDictionary<string, ChanceBand> Of(
        Transformer model, Func<Transformer, HeadTable> score, int draws, ulong seed = 0,
        CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(draws, 1);
        var values = new Dictionary<string, List<double>>();
        using var shuffled = Transformer.Initial(model.Config, seed);
        for (int i = 0; i < model.Parameters.Count; i++)
        {
            if (!shuffled.Parameters[i].IsTied)
            {
                shuffled.Parameters[i].Value.CopyFrom(model.Parameters[i].Value);
            }
        }

        for (int draw = 0; draw < draws; draw++)
        {
            cancellation.ThrowIfCancellationRequested();
            Shuffle(shuffled, seed, Stream + (ulong)draw);
            foreach (HeadRow row in score(shuffled).Rows)
            {
                foreach ((string name, RankedScore one) in row.Scores)
                {
                    if (!values.TryGetValue(name, out List<double>? list))
                    {
                        values[name] = list = [];
                    }

                    list.Add(one.Value);
                }
            }
        }

        return values.ToDictionary(pair => pair.Key, pair => Band(pair.Value));
    }

    private static void Shuffle(Transformer model, ulong seed, ulong stream)
    {
        var random = new CounterRandom(seed, stream);
        ulong counter = 0;
        foreach (Block block in model.Blocks)
        {
            AttentionLayer attention = block.Attn;
            foreach (Parameter weight in (Parameter[])
                [attention.W_Q, attention.W_K, attention.W_V, attention.W_O])
            {
                for (int head = 0; head < weight.Value.Shape[0]; head++)
                {
                    Permute(weight.Value.Select(0, head), random, ref counter);
                }
            }

            if (attention.RelativeBias is { } bias)
            {
                Permute(bias.Value, random, ref counter);
            }
        }
    }

    private static void Permute(Tensor<float> part, CounterRandom random, ref ulong counter)
    {
        float[] values = part.ToArray();
        for (int i = values.Length - 1; i > 0; i--)
        {
            int at = random.Integer(counter++, i + 1);
            (values[i], values[at]) = (values[at], values[i]);
        }

        using Tensor<float> shuffled = Tensor.From<float>(values, part.Shape, part.Device);
        part.CopyFrom(shuffled);
    }

    private static ChanceBand Band(List<double> values)
    {
        values.Sort();
        return new ChanceBand(
            Spread.Quantile(values, 0.05), Spread.Quantile(values, 0.95), values.Count);
    }
}
