using Vitrine.Tensors;

namespace Vitrine.Interp.Bigrams;

/// <summary>How many of the common followers the model knows.</summary>
/// <param name="Pairs">How many of the training text's most frequent pairs were tested.</param>
/// <param name="ModelShare">The share whose second token is among the model's five
/// likeliest.</param>
/// <param name="CorpusShare">The share whose second token is among the text's own five most
/// frequent followers of the first: the ceiling for any model, since a common first token has more
/// than five common followers.</param>
/// <param name="Heads">How many of the most frequent first tokens were tested.</param>
/// <param name="HeadsAgreed">For how many the model's likeliest next token is also the
/// text's.</param>
public sealed record FollowerScore(
    int Pairs, double ModelShare, double CorpusShare, int Heads, int HeadsAgreed)
    : Analysis(
        "followers",
        "Does the model know what commonly follows?",
        "share of pairs",
        "The most frequent pairs of the training text, each counted once; a pair counts if its "
        + $"second token is among the {TopFollowers} likeliest after its first. A head agrees if "
        + "the model's likeliest next token is (one of) the most frequent.")
{
    private const int TopFollowers = 5;
    private const int InputsPerBlock = 64;

    /// <summary>Tests the model on the commonest pairs and heads of the training text.</summary>
    /// <param name="path">The weights.</param>
    /// <param name="counts">Pairs of the training text.</param>
    /// <param name="pairs">How many pairs; fewer if there are fewer.</param>
    /// <param name="heads">How many heads; fewer if there are fewer.</param>
    public static FollowerScore Of(
        DirectPath path, BigramCounts counts, int pairs = 1000, int heads = 100)
    {
        IReadOnlyList<Bigram> frequent = counts.MostFrequent(pairs);
        int[] first = counts.MostFrequentHeads(heads);
        Dictionary<int, int[]> likeliest = Likeliest(
            path, [.. frequent.Select(bigram => bigram.First).Concat(first).Distinct()]);
        int inModel = 0;
        int inCorpus = 0;
        foreach (IGrouping<int, Bigram> group in frequent.GroupBy(bigram => bigram.First))
        {
            int[] followers = MostFrequentFollowers(counts, group.Key);
            inModel += group.Count(bigram => likeliest[group.Key].Contains(bigram.Second));
            inCorpus += group.Count(bigram => followers.Contains(bigram.Second));
        }

        int agreed = first.Count(head => counts.Count(head, likeliest[head][0])
            == counts.Following.CountsOf(head).ToArray().Max());
        double asked = Math.Max(1, frequent.Count);
        return new FollowerScore(
            frequent.Count, inModel / asked, inCorpus / asked, first.Length, agreed)
        {
            Baseline = inCorpus / asked,
        };
    }

    private static Dictionary<int, int[]> Likeliest(DirectPath path, int[] inputs)
    {
        var likeliest = new Dictionary<int, int[]>(inputs.Length);
        foreach (int[] block in inputs.Chunk(InputsPerBlock))
        {
            using Tensor<float> logits = path.Rows(block);
            int[][] best = new int[block.Length][];
            WorkerPool.For(block.Length, i => best[i] = TopSelection.Of(
                logits.Span.Slice(i * path.Vocabulary, path.Vocabulary), TopFollowers));
            for (int i = 0; i < block.Length; i++)
            {
                likeliest[block[i]] = best[i];
            }
        }

        return likeliest;
    }

    private static int[] MostFrequentFollowers(BigramCounts counts, int head)
    {
        int[] best = TopSelection.Of(counts.Following.CountsOf(head), TopFollowers);
        return [.. best.Select(cell => counts.Following.PartnersOf(head)[cell])];
    }
}
