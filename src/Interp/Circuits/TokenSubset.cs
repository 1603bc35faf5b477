using Vitrine.Interp.Bigrams;

namespace Vitrine.Interp.Circuits;

/// <summary>Which tokens of the vocabulary a reading of the weights looks at, and how common each
/// is.</summary>
/// <remarks>The row of a token that training never had is what the initial noise left there, and
/// among 50,257² pairs noise has the largest entries: so by default only tokens with a count are
/// read, and how many are left out is part of every result.</remarks>
internal sealed class TokenSubset
{
    private TokenSubset(int[] ids, double[] unigram, int minCount)
    {
        Ids = ids;
        Unigram = unigram;
        MinCount = minCount;
    }

    /// <summary>The count below which <see cref="Common"/> leaves a token out by default.</summary>
    public const int UsualMinCount = 60;

    /// <summary>The tokens that are read, ascending; owned by this.</summary>
    public int[] Ids { get; }

    /// <summary>The probability of each token of the vocabulary in the training text, uniform where
    /// there is none, float64 [vocab], summing to 1; owned by this.</summary>
    public double[] Unigram { get; }

    /// <summary>The least count of a token that is read; 0 where all are.</summary>
    public int MinCount { get; }

    /// <summary>The size of the vocabulary.</summary>
    public int Vocabulary => Unigram.Length;

    /// <summary>How many tokens of the vocabulary are not read.</summary>
    public int LeftOut => Vocabulary - Ids.Length;

    /// <summary>The least count by which a text is read: <see cref="UsualMinCount"/>, or in a short
    /// text the count of its 500th commonest token.</summary>
    /// <param name="counts">Pairs of the training text.</param>
    public static int MinCountFor(BigramCounts counts)
    {
        const int Enough = 500;
        int[] commonest =
        [
            .. Enumerable.Range(0, counts.Vocabulary).Where(id => id != counts.EndOfText)
                .Select(id => checked((int)counts.TokenCount(id))).Where(count => count > 0)
                .OrderDescending().Take(Enough),
        ];
        return commonest.Length == 0 ? 1 : Math.Min(UsualMinCount, commonest[^1]);
    }

    /// <summary>Every token, each as common as the others: for a model without a text.</summary>
    public static TokenSubset All(int vocabulary)
    {
        double[] uniform = new double[vocabulary];
        Array.Fill(uniform, 1.0 / vocabulary);
        return new TokenSubset([.. Enumerable.Range(0, vocabulary)], uniform, 0);
    }

    /// <summary>The tokens that a text has at least so often; never the one before each document,
    /// which is no word.</summary>
    /// <param name="counts">Pairs of the training text.</param>
    /// <param name="minCount">The least count; 0 for every token of the vocabulary but that
    /// one.</param>
    /// <exception cref="ArgumentException">No token is that common.</exception>
    public static TokenSubset Common(BigramCounts counts, int minCount = UsualMinCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(minCount);
        int[] ids =
        [
            .. Enumerable.Range(0, counts.Vocabulary).Where(
                id => id != counts.EndOfText && counts.TokenCount(id) >= minCount),
        ];
        if (ids.Length == 0)
        {
            throw new ArgumentException(
                $"TokenSubset: no token occurs {minCount:N0} times; the text has {counts.Pairs:N0} "
                + "tokens; use a lower count.", nameof(minCount));
        }

        double[] unigram = new double[counts.Vocabulary];
        for (int id = 0; id < unigram.Length; id++)
        {
            unigram[id] = counts.UnigramFrequency(id);
        }

        return new TokenSubset(ids, unigram, minCount);
    }

    /// <summary>Those of these tokens that are among some others.</summary>
    internal TokenSubset Among(IEnumerable<int> others)
    {
        HashSet<int> kept = [.. others];
        return new TokenSubset([.. Ids.Where(kept.Contains)], Unigram, MinCount);
    }
}
