using Vitrine.Interp.Bigrams;

namespace Vitrine.Interp.Circuits;

/// <summary>The tokens of the vocabulary included in a reading of the weights, and their
/// frequencies.</summary>
/// <remarks>The row of a token never seen in training is initial noise, and among 50,257² pairs
/// noise has the largest entries. So by default only tokens with a count are included, and every
/// result gives the number left out.</remarks>
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

    /// <summary>The included tokens, ascending; owned by this.</summary>
    public int[] Ids { get; }

    /// <summary>The probability of each token of the vocabulary in the training text, uniform if
    /// there is none, float64 [vocab], summing to 1; owned by this.</summary>
    public double[] Unigram { get; }

    /// <summary>The least count of a token that is read; 0 where all are.</summary>
    public int MinCount { get; }

    /// <summary>The size of the vocabulary.</summary>
    public int Vocabulary => Unigram.Length;

    /// <summary>How many tokens of the vocabulary are left out.</summary>
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

    /// <summary>Every token, all equally common: for a model without a text.</summary>
    public static TokenSubset All(int vocabulary)
    {
        double[] uniform = new double[vocabulary];
        Array.Fill(uniform, 1.0 / vocabulary);
        return new TokenSubset([.. Enumerable.Range(0, vocabulary)], uniform, 0);
    }

    /// <summary>The tokens that occur at least that often in a text; never the one before each
    /// document, which is not a word.</summary>
    /// <param name="counts">Pairs of the training text.</param>
    /// <param name="minCount">The least count; 0 for every token of the vocabulary except that
    /// one.</param>
    /// <exception cref="ArgumentException">No token is common enough.</exception>
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

    /// <summary>The tokens that are also in another set.</summary>
    internal TokenSubset Among(IEnumerable<int> others)
    {
        HashSet<int> kept = [.. others];
        return new TokenSubset([.. Ids.Where(kept.Contains)], Unigram, MinCount);
    }
}
