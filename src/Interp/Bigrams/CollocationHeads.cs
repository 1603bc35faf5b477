using Vitrine.Models.Tokenizers;

namespace Vitrine.Interp.Bigrams;

/// <summary>Tokens whose tables are worth showing first, chosen from the text and not the
/// model.</summary>
internal static class CollocationHeads
{
    private const int PairsSearched = 5000;
    private const int LeastCount = 5;
    private const int PairsPerCount = 8000;

    /// <summary>The first words of fixed phrases: among pairs of words that make up at least one in
    /// 8,000 of all pairs, those whose second word has the largest lift after the first, one pair
    /// per first word, most frequent pair first. Filled up with the most frequent heads if there
    /// are too few.</summary>
    /// <param name="counts">Pairs of the training text.</param>
    /// <param name="classes">The class of every token of the vocabulary.</param>
    /// <param name="count">How many to choose; fewer if the text has fewer.</param>
    public static int[] Of(BigramCounts counts, IReadOnlyList<TokenClass> classes, int count)
    {
        long least = Math.Max(LeastCount, counts.Pairs / PairsPerCount);
        IEnumerable<int> phrases = counts.MostFrequent(PairsSearched)
            .Where(pair => pair.Count >= least && IsWord(classes[pair.First])
            && IsWord(classes[pair.Second]))
            .OrderByDescending(pair => counts.Lift(pair.First, pair.Second))
            .DistinctBy(pair => pair.First)
            .Take(count)
            .OrderByDescending(pair => pair.Count)
            .Select(pair => pair.First);
        return [.. phrases.Concat(counts.MostFrequentHeads(count)).Distinct().Take(count)];
    }

    private static bool IsWord(TokenClass kind) =>
        kind is TokenClass.Word or TokenClass.CapitalisedWord;
}
