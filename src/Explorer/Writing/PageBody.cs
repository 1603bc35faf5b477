using System.Text.RegularExpressions;

namespace Vitrine.Explorer;

/// <summary>What a page says before its script runs: title, lead, facts, findings, and the sections
/// with their tables.</summary>
internal static partial class PageBody
{
    /// <summary>The HTML inside <c>main</c>.</summary>
    public static string Of(ReportPage page)
    {
        HtmlBuilder html = new HtmlBuilder()
            .Raw("<article>")
            .Element("h1", page.Title)
            .Raw("<p class=\"lead\">")
            .Raw(page.Lead.Html(page.Vocabulary, page.Kind))
            .Raw("</p><p class=\"notice\" role=\"status\"></p>");
        if (page.Facts.Count > 0)
        {
            html.Raw("<dl class=\"facts\">");
            foreach (ReportFact fact in page.Facts)
            {
                html.Raw($"<div><dt>{ProseMarkup.Subscript(fact.Name)}</dt><dd>")
                    .Text(fact.Value)
                    .Raw("</dd></div>");
            }

            html.Raw("</dl>");
        }

        Append(html, page.Findings, page);
        html.Raw("<div class=\"sections\">");
        string? group = null;
        foreach (ReportSection section in page.Sections)
        {
            if (section.Group is { } next && next != group)
            {
                html.Raw("<p class=\"group\" role=\"heading\" aria-level=\"2\">").Text(next)
                    .Raw("</p>");
            }

            group = section.Group;
            Append(html, section, page);
        }

        return html.Raw("</div><footer>")
            .Text(
                $"Vitrine, {page.Signature}. This file is self-contained and requests nothing from "
                    + "the network.")
            .Raw("</footer></article>")
            .ToString();
    }

    /// <summary>The list of findings: how many hold, then each with its mark.</summary>
    private static void Append(HtmlBuilder html, IReadOnlyList<Finding> findings, ReportPage page)
    {
        if (findings.Count == 0)
        {
            return;
        }

        html.Raw("<details class=\"findings\" open><summary>").Text("What was found")
            .Raw("</summary><ul>");
        foreach (Finding finding in findings)
        {
            html.Raw(finding.Holds
                    ? "<li>"
                    : "<li class=\"fails\"><span role=\"img\" aria-label=\"not so:\">✗</span> ")
                .Raw(finding.Text.Html(page.Vocabulary, page.Kind)).Raw("</li>");
        }

        html.Raw("</ul></details>");
    }

    private static void Append(HtmlBuilder html, ReportSection section, ReportPage page)
    {
        html.Raw(
                $"<section id=\"/{page.Kind}/{section.Key}\" data-key=\"{section.Key}\" "
                    + $"data-name=\"{HtmlBuilder.Escape(section.Name)}\" "
                    + $"style=\"--columns:{section.Columns}\"><div class=\"section-head\">")
            .Element("h2", section.Heading)
            .Raw("<div class=\"tools\"></div></div><p class=\"finding\">")
            .Raw(section.Finding.Html(page.Vocabulary, page.Kind))
            .Raw(
                $"</p><div class=\"figure-box\"><{section.Component} "
                    + $"data-section=\"{section.Key}\">");
        if (section.Table is { } table)
        {
            Append(html, table, page);
        }

        html.Raw($"</{section.Component}></div>");
        if (!section.Caption.IsEmpty)
        {
            html.Raw("<p class=\"caption\">")
                .Raw(section.Caption.Html(page.Vocabulary, page.Kind))
                .Raw("</p>");
        }

        html.Raw("</section>");
    }

    private static void Append(HtmlBuilder html, ReportTable table, ReportPage page)
    {
        string[][] rows =
        [
            .. table.Rows.Select(row =>
                row.Select(cell => cell.Html(page.Vocabulary, page.Kind)).ToArray()),
        ];
        string[] sides =
        [
            .. table.Columns.Select(
                (_, column) =>
                    rows.Length > 0
                    && rows.All(row => column < row.Length && Numeral().IsMatch(row[column]))
                        ? " class=\"n\""
                        : ""),
        ];
        html.Raw("<table class=\"static-only\"><thead><tr>");
        for (int column = 0; column < table.Columns.Count; column++)
        {
            html.Raw($"<th scope=\"col\"{sides[column]}>").Text(table.Columns[column]).Raw("</th>");
        }

        html.Raw("</tr></thead><tbody>");
        foreach (string[] row in rows)
        {
            html.Raw("<tr>");
            for (int column = 0; column < row.Length; column++)
            {
                html.Raw($"<td{sides.ElementAtOrDefault(column)}>{row[column]}</td>");
            }

            html.Raw("</tr>");
        }

        html.Raw("</tbody></table>");
    }

    [GeneratedRegex("^[-+\u2212<]?[0-9]|^–$")]
    private static partial Regex Numeral();
}
