using Vitrine.Interp.Bigrams;

namespace Vitrine.Interp.Findings;

/// <summary>What follows a token, and what predicts it, by the direct path.</summary>
internal static class BigramFindings
{
    /// <summary>The likeliest next token.</summary>
    public static Prose Title(BigramTable table) => new Prose("After ").Token(table.Token)
        .Text(" the model gives ").Token(table.Next[0].Id)
        .Text($" {Numerals.Percent(table.Next[0].Probability)}");

    /// <summary>What the text says, and how much of the probability the listed tokens
    /// hold.</summary>
    /// <param name="table">The table.</param>
    /// <param name="counted">Whether there is a text.</param>
    /// <param name="occurrences">How often the token has a next one there.</param>
    public static Prose Lead(BigramTable table, bool counted, int occurrences)
    {
        string model = Numerals.Percent(table.Next.Sum(row => row.Probability));
        string likeliest = table.Next.Count == 1
            ? "The likeliest token holds" : $"The {table.Next.Count} likeliest tokens hold";
        string held = $"{likeliest} {model} of the model’s probability";
        if (!counted)
        {
            return $"{held}.";
        }

        if (occurrences == 0)
        {
            return $"{held}; in the training text nothing follows this token.";
        }

        NextRow best = table.Next[0];
        return new Prose("In the training text ").Token(best.Id).Text(
            $" follows {Numerals.Percent(best.Frequency)} of its {Numerals.Count(occurrences)} "
            + $"occurrences. {held}; in the text they are "
            + $"{Numerals.Percent(table.Next.Sum(row => row.Frequency))} of what follows.");
    }

    /// <summary>The input that predicts it best.</summary>
    /// <param name="table">The table.</param>
    /// <param name="order">How its inputs are ranked.</param>
    public static Prose Predicted(BigramTable table, PreviousOrder order)
    {
        if (table.Previous is not [PreviousRow best, ..])
        {
            return "No input was ranked.";
        }

        Prose said = new Prose("Of all inputs, ").Token(best.Id);
        if (order == PreviousOrder.Logit)
        {
            return said.Text(" has the highest logit for ").Token(table.Token).Text(
                $", {Numerals.Signed(best.Logit)}: a probability of "
                + $"{Numerals.Percent(best.Probability)}.");
        }

        said.Text(" gives ").Token(table.Token).Text(
            $" the highest probability, {Numerals.Percent(best.Probability)}");
        return best.Lift is not { } lift ? said.Text(".") : said.Text(
            $", {Numerals.Times(lift)} its share of the training text"
            + (best.CorpusLift is { } text
                ? $"; in the text itself {Numerals.Times(text)}." : "."));
    }

    /// <summary>What the tables of a model with layers leave out.</summary>
    /// <param name="norm">Whether the model has a final norm.</param>
    public static string DirectPathAlone(bool norm) =>
        "These are the model’s direct path alone: embedding, "
        + (norm ? "final norm of the embedding, " : "")
        + "unembedding and biases. What its heads add depends on the tokens before.";
}
