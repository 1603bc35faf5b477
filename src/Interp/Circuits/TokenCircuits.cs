namespace Vitrine.Interp.Circuits;

/// <summary>Single tokens in the circuits of several heads.</summary>
internal static class TokenCircuits
{
    /// <summary>Reads tokens, head by head.</summary>
    /// <param name="reading">The model's heads.</param>
    /// <param name="heads">The heads to read; null for all.</param>
    /// <param name="subset">The tokens that are listed.</param>
    /// <param name="tokens">The included tokens.</param>
    /// <param name="top">Rows in each list.</param>
    public static IReadOnlyList<TokenCircuit> Of(
        HeadReading reading, IEnumerable<Head>? heads, TokenSubset subset,
        IReadOnlyList<int> tokens, int top = 10)
    {
        var found = new List<TokenCircuit>();
        foreach (Head head in heads ?? reading.Heads)
        {
            using HeadCircuits raw = HeadCircuits.Of(reading[head], CircuitForm.Scores);
            using HeadCircuits circuits = raw.AgainstAverage(subset.Unigram);
            var scores = new SkipTrigramScores(head, circuits);
            found.AddRange(tokens.Select(token => TokenCircuit.Of(scores, subset, token, top)));
        }

        return found;
    }

    /// <summary>The sources of the strongest skip-trigrams of each head, without duplicates: tokens
    /// with informative circuits.</summary>
    /// <param name="circuits">The analysis of the weights.</param>
    /// <param name="count">The maximum number, per head and in total.</param>
    public static IReadOnlyList<int> Telling(CircuitAnalysis circuits, int count) =>
    [
        .. circuits.Heads.SelectMany(head => head.SkipTrigrams.Rows.Take(count))
            .Select(row => row.Source).Distinct().Take(count),
    ];
}
