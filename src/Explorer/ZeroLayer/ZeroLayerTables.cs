using System.Globalization;
using Vitrine.Interp.Bigrams;

namespace Vitrine.Explorer;

/// <summary>The tables of the telling tokens in plain HTML, laid out as the components draw
/// them.</summary>
internal static class ZeroLayerTables
{
    private const int Rows = 10;
    private const int RareCount = 5;

    private static readonly string[] ClassNames =
    [
        "word",
        "capitalised word",
        "piece of a word",
        "number",
        "punctuation",
        "space or control",
        "partial UTF-8",
    ];

    /// <summary>What the model says after the first telling token.</summary>
    public static string Finding(ZeroLayerReport report)
    {
        if (
            report.Analysis.Examples is not [BigramTable table, ..]
            || table.Next is not [NextRow best, ..])
        {
            return "No token was chosen to begin with; search for one.";
        }

        return $"After {report.Vocabulary.Link(table.Token)} the model gives "
            + $"{report.Vocabulary.Link(best.Id)} "
            + $"<span class=\"figure\">{Numerals.Percent(best.Probability)}</span>; the corpus "
            + $"has <span class=\"figure\">{Numerals.Percent(best.Frequency)}</span>.";
    }

    /// <summary>The card and the tables of the first telling token, in the elements that take
    /// over.</summary>
    public static string First(ZeroLayerReport report)
    {
        BigramTable? table =
            report.Analysis.Examples.Count > 0 ? report.Analysis.Examples[0] : null;
        return $"<vt-token-card>{(table is null ? "" : Card(report, table.Token))}</vt-token-card>"
            + $"<vt-bigrams>{(table is null ? "" : Pair(report, table))}</vt-bigrams>";
    }

    /// <summary>The tables of the others, for readers without JavaScript.</summary>
    public static string Others(ZeroLayerReport report) =>
        string.Concat(
            report
                .Analysis.Examples.Skip(1)
                .Select(table =>
                    "<div class=\"static-only figure-box\"><div class=\"tables\"><div "
                        + "class=\"big\">"
                    + report.Vocabulary.Chip(table.Token)
                    + "</div><div class=\"static-pair\">"
                    + Pair(report, table)
                    + "</div></div></div>"));

    private static string Card(ZeroLayerReport report, int token)
    {
        var html = new Markup();
        void Fact(string name, string value) =>
            html.Raw("<div>").Element("dt", name).Element("dd", value).Raw("</div>");
        html.Raw("<div class=\"big\">").Raw(report.Vocabulary.Chip(token)).Raw("</div><dl>");
        Fact("id", token.ToString(CultureInfo.InvariantCulture));
        Fact("class", ClassNames[(int)report.Vocabulary.Classes[token]]);
        Fact("in corpus", Numerals.Count(report.Analysis.Counts.TokenCount(token)));
        return html.Raw("</dl>").ToString();
    }

    private static string Pair(ZeroLayerReport report, BigramTable table)
    {
        NextRow[] next = [.. table.Next.Take(Rows)];
        PreviousRow[] previous = [.. table.Previous.Take(Rows)];
        double top = next.Select(row => Math.Max(row.Probability, row.Frequency))
            .DefaultIfEmpty(1)
            .Max();
        double lift = previous
            .Select(row => Math.Max(row.Lift ?? 0, row.CorpusLift ?? 0))
            .DefaultIfEmpty(1)
            .Max();
        var html = new Markup();
        Table(
            html,
            "next",
            "What follows it",
            "bar: model probability; tick: share in corpus",
            next.Select(row =>
                Row(
                    report,
                    row.Id,
                    row.Probability / top,
                    row.Frequency / top,
                    Numerals.Percent(row.Probability),
                    Numerals.Percent(row.Frequency),
                    row.Count)));
        Table(
            html,
            "previous",
            "What predicts it",
            "lift over its own frequency",
            previous.Select(row =>
                Row(
                    report,
                    row.Id,
                    (row.Lift ?? 0) / lift,
                    (row.CorpusLift ?? 0) / lift,
                    Lift(row.Lift),
                    Lift(row.CorpusLift),
                    row.Count)));
        return html.ToString();
    }

    private static string Lift(double? lift) => lift is { } value ? Numerals.Times(value) : "–";

    private static void Table(
        Markup html,
        string side,
        string title,
        string note,
        IEnumerable<string> rows)
    {
        html.Raw($"<div class=\"bigrams {side}\"><div class=\"table-head\"><div>")
            .Element("h3", title)
            .Raw("<p class=\"note\">")
            .Text(note)
            .Raw("</p></div></div><table><thead><tr><th scope=\"col\" class=\"token\">token</th>")
            .Raw(
                "<th class=\"bar\" aria-hidden=\"true\"></th><th scope=\"col\" "
                    + "class=\"n\">model</th><th scope=\"col\" class=\"n\">corpus</th>")
            .Raw("<th scope=\"col\" class=\"n\">count</th></tr></thead><tbody>")
            .Raw(string.Concat(rows))
            .Raw("</tbody></table></div>");
    }

    private static string Row(
        ZeroLayerReport report,
        int id,
        double model,
        double corpus,
        string modelText,
        string corpusText,
        int count) =>
        $"<tr data-token=\"{id}\"><td class=\"token\">{report.Vocabulary.Link(id)}</td><td "
            + "class=\"bar\"><div class=\"track\">"
        + $"<i style=\"width: {Share(model)}\"></i><b style=\"left: "
        + $"{Share(corpus)}\"></b></div></td><td class=\"n\">{Markup.Escape(modelText)}</td>"
        + $"<td class=\"n muted\">{Markup.Escape(corpusText)}</td>"
        + "<td class=\"n "
        + $"{(count < RareCount ? "rare" : "muted")}\">{Numerals.Count(count)}</td></tr>";

    private static string Share(double part) =>
        (100 * Math.Clamp(double.IsFinite(part) ? part : 0, 0, 1)).ToString(
            "F2",
            CultureInfo.InvariantCulture) + "%";
}
