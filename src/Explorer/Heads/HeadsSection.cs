using Vitrine.Interp.Heads;

namespace Vitrine.Explorer;

/// <summary>All heads with their scores, as a section; the page then has a place for each
/// head.</summary>
public static class HeadsSection
{
    private const int Named = 3;

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
            Finding = Finding(table),
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
                + "standard deviation. A click on a head opens its page.",
            Table = Table(table),
        };

    private static string Samples(HeadTable table) =>
        string.Join(
            "; ",
            table.Samples.Select(sample =>
                $"{sample.Sample}: {sample.Sequences} of {sample.Positions} tokens"));

    private static Prose Finding(HeadTable table)
    {
        string[] kinds =
        [
            .. table.Rows.SelectMany(row => row.Kinds).Distinct()
                .OrderBy(kind => kind == "induction" ? 0 : 1),
        ];
        if (kinds.Length == 0)
        {
            return $"No head is of a known kind: none of the {table.Rows.Count} scores "
                + $"{Numerals.Score(HeadTable.LeastScore)} in anything.";
        }

        var said = new Prose();
        for (int i = 0; i < kinds.Length; i++)
        {
            string score = ScoreOf(kinds[i]);
            HeadRow[] own =
            [
                .. table
                    .Rows.Where(row => row.Kinds.Contains(kinds[i]))
                    .OrderByDescending(row => row.Scores[score].Value),
            ];
            string many = own.Length == 1 ? "head" : "heads";
            string kind = kinds[i].Replace(' ', '-');
            said.Text($"{(i > 0 ? "; " : "")}{own.Length} {kind} {many}: ");
            for (int one = 0; one < Math.Min(Named, own.Length); one++)
            {
                said.Text(one > 0 ? ", " : "")
                    .Head(own[one].Layer, own[one].Head)
                    .Text($" ({Numerals.Score(own[one].Scores[score].Value)})");
            }

            said.Text(own.Length > Named ? $" and {own.Length - Named} more" : "");
        }

        return said.Text(".");
    }

    /// <summary>The score that decides on a kind.</summary>
    internal static string ScoreOf(string kind) =>
        kind switch
        {
            "induction" => HeadScoreNames.PrefixMatching,
            "previous token" => HeadScoreNames.PreviousToken,
            "duplicate token" => HeadScoreNames.DuplicateToken,
            "first token" => HeadScoreNames.FirstToken,
            _ => HeadScoreNames.CurrentToken,
        };

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
