using Vitrine.Interp.Heads;

namespace Vitrine.Explorer;

/// <summary>All heads with their scores, as a section; the page then has a place for each
/// head.</summary>
internal static class HeadsSection
{
    /// <summary>The section. Its finding names the heads of each kind with the score that decides,
    /// or says that there are none.</summary>
    /// <param name="table">The heads.</param>
    public static ReportSection Of(HeadTable table) => Of(table, null, null);

    /// <inheritdoc cref="Of(HeadTable)"/>
    /// <param name="table">The heads.</param>
    /// <param name="patterns">A pattern of every head on one passage; null for none.</param>
    /// <param name="patternTitle">What that passage is: <c>Random repeats</c>.</param>
    /// <param name="study">What else is known of the heads; null for nothing.</param>
    /// <param name="timeline">Scores at checkpoints; null for one checkpoint.</param>
    /// <param name="key">The section's key.</param>
    internal static ReportSection Of(
        HeadTable table,
        PackedPatterns? patterns,
        string? patternTitle,
        HeadStudy? study = null,
        IReadOnlyList<HeadsCheckpoint>? timeline = null,
        string key = "heads") =>
        new()
        {
            Key = key,
            Name = "All heads",
            Heading = "What does each head do?",
            Finding = HeadFindings.Of(table).Text,
            Component = "vt-heads",
            Data = new HeadsView
            {
                Rows = table.Rows,
                Method = table.Method,
                Patterns = patterns,
                PatternTitle = patternTitle,
                Details = study?.Details,
                Baselines = study?.Baselines,
                Timeline = timeline,
            },
            Caption =
                $"{table.Method} Scores are means over sequences ({Samples(table)}), ± their "
                + "standard deviation. Click a head to open its page.",
            Table = Table(table),
        };

    private static string Samples(HeadTable table) =>
        string.Join(
            "; ",
            table.Samples.Select(sample =>
                $"{sample.Sample}: {sample.Sequences} of {sample.Positions} tokens"
                + (sample.Types is { } types
                    ? $", drawn from {Numerals.Count(types)} types" : "")));

    private static ReportTable Table(HeadTable table)
    {
        string[] scores = [.. table.Rows.SelectMany(row => row.Scores.Keys).Distinct()];
        return ReportTable.Of(
            ["head", "kind", .. scores],
            table.Rows,
            row =>
            [
                new Prose().Head(row.Layer, row.Head),
                row.Kinds.Count > 0 ? string.Join(", ", row.Kinds) : "–",
                .. scores.Select(score => (Prose)(row.Scores.TryGetValue(score, out var found)
                    ? Numerals.Score(found.Value) : "–")),
            ]);
    }
}
