using Vitrine.Models.Tokenizers;

namespace Vitrine.Interp.Bigrams;

/// <summary>Tokens whose tables are worth showing first, chosen from the text and not the model.</summary>
public static class TellingTokens
{
    private const int PairsSearched = 5000;
    private const double LeastLift = 50;

    /// <summary>The first tokens of the most frequent pairs of words in which the second word is at least
    /// fifty times as likely after the first as anywhere: fixed phrases rather than grammar. Filled up
    /// with the most frequent heads where there are too few.</summary>
    /// <param name="counts">Pairs of the training text.</param>
    /// <param name="classes">The class of every token of the vocabulary.</param>
    /// <param name="count">How many to choose; fewer if the text has fewer.</param>
    public static int[] Of(BigramCounts counts, IReadOnlyList<TokenClass> classes, int count)
    {
        IEnumerable<int> phrases = counts.MostFrequent(PairsSearched)
            .Where(pair => IsWord(classes[pair.First]) && IsWord(classes[pair.Second])
                && counts.Lift(pair.First, pair.Second) >= LeastLift)
            .Select(pair => pair.First);
        return [.. phrases.Concat(counts.MostFrequentHeads(count)).Distinct().Take(count)];
    }

    private static bool IsWord(TokenClass kind) => kind is TokenClass.Word or TokenClass.CapitalisedWord;
}
