using System.Text.Json.Serialization;
using Vitrine.Interp.Bigrams;

namespace Vitrine.Cli.CommandLine;

/// <summary>A <see cref="BigramTable"/> whose tokens are text beside their ids, for readers without
/// the vocabulary.</summary>
/// <param name="Token">The token's text.</param>
/// <param name="Id">The token.</param>
/// <param name="Next">What follows it.</param>
/// <param name="Previous">What predicts it.</param>
/// <param name="Table">The table as it was computed.</param>
internal sealed record NamedBigramTable(
    string Token, int Id, IReadOnlyList<NamedNextRow> Next,
    IReadOnlyList<NamedPreviousRow> Previous, [property: JsonIgnore] BigramTable Table)
{
    /// <summary>Names the tokens of a table.</summary>
    /// <param name="table">The table.</param>
    /// <param name="text">The text of a token.</param>
    /// <param name="counted">Whether there is a text; without one counts and shares are
    /// null.</param>
    public static NamedBigramTable Of(
        BigramTable table, Func<int, string> text, bool counted = true) => new(
        text(table.Token),
        table.Token,
        [.. table.Next.Select(row => new NamedNextRow(
            text(row.Id), row.Id, row.Probability, counted ? row.Count : null,
            counted ? row.Frequency : null))],
        [.. table.Previous.Select(row => new NamedPreviousRow(
            text(row.Id), row.Id, row.Logit, row.Probability, row.Lift, row.CorpusLift,
            counted ? row.Count : null))],
        table);
}

/// <summary>A token that follows; members as in <see cref="NextRow"/>.</summary>
internal sealed record NamedNextRow(
    string Token, int Id, double Probability, int? Count, double? Frequency);

/// <summary>A token that predicts; members as in <see cref="PreviousRow"/>.</summary>
internal sealed record NamedPreviousRow(
    string Token, int Id, double Logit, double Probability, double? Lift, double? CorpusLift,
    int? Count);
