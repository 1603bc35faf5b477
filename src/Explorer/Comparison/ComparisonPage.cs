using Vitrine.Interp;
using Vitrine.Interp.Comparison;

namespace Vitrine.Explorer;

/// <summary>Two models side by side: a page.</summary>
internal static class ComparisonPage
{
    /// <summary>The page.</summary>
    /// <param name="comparison">What was compared.</param>
    public static PageContent Of(ModelComparison comparison) => new(
        ComparisonFindings.Title(comparison),
        ComparisonFindings.Lead(comparison),
        [
            Models(comparison),
            .. comparison.Disagreement is { } tokens
                ? [Tokens(comparison, tokens)] : Array.Empty<ReportSection>(),
            .. (comparison.First.Heads ?? comparison.Second.Heads) is not null
                ? [Heads(comparison)] : Array.Empty<ReportSection>(),
        ])
    {
        About = (
            string.Join(" and ", Names(comparison)),
            [
                new("models", string.Join(" and ", Names(comparison))),
                .. comparison.Text is { } text
                    ? [new ReportFact("text", text)] : Array.Empty<ReportFact>(),
            ]),
        NamesHeads = false,
    };

    private static string[] Names(ModelComparison of) => [of.First.Name, of.Second.Name];

    private static ReportSection Models(ModelComparison of)
    {
        IReadOnlyList<ComparedRow> rows = ComparedRow.Of(of);
        return ReportSection.Of(
            of, "models", "Models", "vt-comparison", ComparisonFindings.Settings(of),
            new { Names = Names(of), Rows = rows }) with
        {
            Table = ReportTable.Of(
                ["", .. Names(of), "difference"], rows,
                row =>
                [
                    row.Name, row.First ?? "–", row.Second ?? "–", row.Difference ?? "",
                ]),
        };
    }

    private static ReportSection Tokens(ModelComparison of, TokenDisagreement tokens) =>
        ReportSection.Of(
            tokens, "tokens", "Tokens", "vt-token-losses", ComparisonFindings.Tokens(of),
            new
            {
                Names = Names(of),
                Passages = tokens.Passages.Select(one => new
                {
                    Name = $"{one.Passage}",
                    one.Tokens,
                    Before = one.First,
                    After = one.Second,
                }),
                Largest = tokens.Largest,
            }) with
        {
            Table = ReportTable.Of(
                ["token", "passage", "position", .. Names(of)], tokens.Largest,
                row =>
                [
                    new Prose().Token(row.Token), $"{row.Passage}", $"{row.Position}",
                    Numerals.Score(row.First), Numerals.Score(row.Second),
                ]),
        };

    private static ReportSection Heads(ModelComparison of) => new()
    {
        Key = "heads",
        Name = "Heads",
        Heading = "What are the heads of each?",
        Finding = ComparisonFindings.Heads(of),
        Component = "vt-compared-heads",
        Data = new
        {
            Models = new[] { of.First, of.Second }.Select(one => new
            {
                one.Name,
                Rows = one.Heads ?? [],
                Missing = one.Missing.GetValueOrDefault("heads"),
            }),
            Scores = ComparedRow.ScoreNames,
        },
        Caption = "Shares of attention, on one scale for both. Prefix matching on repeated random "
            + "tokens, the other scores on held-out text where there is some. A kind is named from "
            + "0.3 and twice the score of a head that looks everywhere alike.",
    };
}
