using Vitrine.Interp.Bigrams;

namespace Vitrine.Interp.Losses;

/// <summary>The interpolated Kneser–Ney bigram model of a text.</summary>
/// <remarks>
/// <code>
/// p(b | a) = max(c(a b) − D, 0) / c(a) + D · N₁₊(a ·) / c(a) · p(b)
/// p(b)     = max(N₁₊(· b) − D, 0) / N₁₊(· ·) + D · |{b : N₁₊(· b) > 0}| / N₁₊(· ·) · 1 / vocab
/// </code>
/// c(a b) counts pairs, c(a) the pairs that begin with a; N₁₊(a ·) is the number of different
/// tokens after a, N₁₊(· b) of different tokens before b, N₁₊(· ·) of different pairs. So the lower
/// order counts the contexts of a token rather than its occurrences, is discounted in the same way,
/// and is interpolated with the uniform distribution, from which tokens that never occur in the
/// text get their mass. For a first token that never begins a pair, it is p(b). Kneser and Ney
/// (1995), in the interpolated form of Chen and Goodman (1999), one discount. </remarks>
public sealed class KneserNeyBigram : INextTokenModel
{
    private readonly BigramCounts _counts;
    private readonly double[] _continuation;

    /// <summary>Fits the model to counts.</summary>
    /// <param name="counts">Pairs of the training text.</param>
    /// <param name="discount">D, above 0 and below 1.</param>
    /// <exception cref="ArgumentException">The discount is out of range or there are no
    /// pairs.</exception>
    public KneserNeyBigram(BigramCounts counts, double discount = 0.75)
    {
        if (!(discount is > 0 and < 1) || counts.Pairs == 0)
        {
            throw new ArgumentException(
                "KneserNeyBigram: the discount must be between 0 and 1 and the text must have "
                + FormattableString.Invariant($"pairs; got {discount} and {counts.Pairs} pairs."),
                nameof(discount));
        }

        _counts = counts;
        Discount = discount;
        _continuation = new double[counts.Vocabulary];
        double pairs = counts.Following.Cells;
        int types = 0;
        for (int token = 0; token < counts.Vocabulary; token++)
        {
            types += counts.Preceding.Degree(token) > 0 ? 1 : 0;
        }

        double uniform = discount * types / pairs / counts.Vocabulary;
        for (int token = 0; token < counts.Vocabulary; token++)
        {
            _continuation[token] = (Math.Max(counts.Preceding.Degree(token) - discount, 0) / pairs)
                + uniform;
        }
    }

    /// <summary>D, the discount on every count.</summary>
    public double Discount { get; }

    /// <summary>The lower order: p(b).</summary>
    public double Continuation(int token) => _continuation[token];

    /// <summary>p(second | first).</summary>
    public double Probability(int first, int second)
    {
        int total = _counts.FirstCounts[first];
        if (total == 0)
        {
            return _continuation[second];
        }

        double kept = Math.Max(_counts.Count(first, second) - Discount, 0);
        double freed = Discount * _counts.Following.Degree(first);
        return (kept + (freed * _continuation[second])) / total;
    }

    /// <inheritdoc/>
    public double LogProbability(int first, int second) => Math.Log(Probability(first, second));
}
