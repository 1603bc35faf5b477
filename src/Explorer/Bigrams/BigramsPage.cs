using Vitrine.Interp.Bigrams;

namespace Vitrine.Explorer;

/// <summary>What follows a token, and what predicts it: a page.</summary>
internal static class BigramsPage
{
    /// <summary>The page.</summary>
    /// <param name="weights">The direct path.</param>
    /// <param name="table">The table that was asked for.</param>
    /// <param name="exact">The same with as many rows as the page can show.</param>
    /// <param name="order">How inputs are ranked.</param>
    /// <param name="unseen">Whether inputs that the text never has are ranked.</param>
    /// <param name="vocabulary">The tokens.</param>
    /// <param name="note">What the tables leave out; null for nothing.</param>
    public static PageContent Of(
        DirectPathWeights weights, BigramTable table, BigramTable exact, PreviousOrder order,
        bool unseen, TokenVocabulary vocabulary, string? note)
    {
        bool counted = weights.Counts.Pairs > 0;
        Prose lead = BigramFindings.Lead(
            table, counted, checked((int)weights.Counts.FirstCounts[table.Token]));
        return new PageContent(
            BigramFindings.Title(table).Plain(vocabulary.Quoted),
            note is null ? lead : lead.Text($" {note}"),
            [
                TokenTables.Of(
                    weights, [exact], BigramFindings.Predicted(table, order), table.Title, unseen),
            ])
        {
            Opens = new Dictionary<string, string>
            {
                ["token"] = $"{table.Token}",
                ["measure"] = order switch
                {
                    PreviousOrder.Logit => "logit",
                    PreviousOrder.Lift when counted => "lift",
                    _ => "p",
                },
            },
            Counts = counted ? weights.Counts : null,
            NamesHeads = false,
        };
    }
}
