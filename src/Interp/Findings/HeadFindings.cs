using Vitrine.Interp.Attribution;
using Vitrine.Interp.Heads;

namespace Vitrine.Interp.Findings;

/// <summary>The kinds of heads, and what they write in one prediction.</summary>
internal static class HeadFindings
{
    private const int Named = 3;

    /// <summary>The heads of each kind with the deciding score, or a sentence that there are
    /// none.</summary>
    public static Finding Of(HeadTable table)
    {
        string[] kinds =
        [
            .. table.Rows.SelectMany(row => row.Kinds).Distinct()
                .OrderBy(kind => kind == "induction" ? 0 : 1),
        ];
        if (kinds.Length == 0)
        {
            return new Finding(
                table.Kind,
                $"No head matches a known kind: none of {table.Rows.Count} reaches a score of "
                + $"{Numerals.Score(HeadTable.LeastScore)}.",
                false);
        }

        var said = new Prose();
        foreach (string kind in kinds)
        {
            string score = HeadTable.ScoreOf(kind);
            HeadRow[] own =
            [
                .. table.Rows.Where(row => row.Kinds.Contains(kind))
                    .OrderByDescending(row => row.Scores[score].Value),
            ];
            said.Text($"{(said.IsEmpty ? "" : "; ")}{own.Length} {kind.Replace(' ', '-')} "
                + $"{(own.Length == 1 ? "head" : "heads")}: ");
            for (int one = 0; one < Math.Min(Named, own.Length); one++)
            {
                said.Text(one > 0 ? ", " : "").Head(own[one].Layer, own[one].Head)
                    .Text($" ({Numerals.Score(own[one].Scores[score].Value)})");
            }

            said.Text(own.Length > Named ? $" and {own.Length - Named} more" : "");
        }

        return new Finding(table.Kind, said.Text("."), true);
    }

    /// <summary>The head that writes most of a logit, its strongest source, and the head that
    /// opposes it most, if any.</summary>
    public static Prose Of(LogitAttribution attribution)
    {
        (Head Head, double Value)[] heads =
        [
            .. attribution.Heads.SelectMany(
                (own, layer) => own.Select((value, head) => (new Head(layer, head), value))),
        ];
        string what = attribution.Versus is null ? "logit" : "difference of logits";
        var said = new Prose($"The {what} of ").Token(attribution.Target);
        if (attribution.Versus is { } versus)
        {
            said.Text(" over ").Token(versus);
        }

        said.Text($" is {Numerals.Signed(attribution.Total)}");

        if (heads.Length == 0)
        {
            return said.Text("; the direct path writes everything except the biases.");
        }

        (Head most, double value) = heads.MaxBy(one => one.Value);
        if (value <= 0)
        {
            return said.Text("; no head has a positive contribution.");
        }

        said.Text("; head ").Head(most.Layer, most.Index)
            .Text($" writes {Numerals.Signed(value)}");
        double[] sources = attribution.Sources[most.ToString()];
        int from = Array.IndexOf(sources, sources.Max());
        said.Text(sources[from] > value / 2 ? ", most of it from " : ", the largest part from ")
            .Token(attribution.Tokens[from])
            .Text($" ({Numerals.Signed(sources[from])})");
        (Head least, double against) = heads.MinBy(one => one.Value);
        return against < 0 && -against > 0.1 * value
            ? said.Text("; ").Head(least.Layer, least.Index)
                .Text($" pushes back, {Numerals.Signed(against)}.")
            : said.Text(".");
    }
}
