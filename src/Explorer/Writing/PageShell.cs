using System.Security.Cryptography;
using System.Text;

namespace Vitrine.Explorer;

/// <summary>The frame of every page: head, policy, bar, contents, data, script.</summary>
/// <remarks>
/// The page is readable before and without its script: title, findings and tables are HTML. Then
/// come the data and one inline module. A content security policy allows the page's two scripts by
/// their hashes and nothing from outside.
/// </remarks>
internal sealed record PageShell
{
    // Runs before the first paint: the remembered theme, and that scripts run at all.
    private const string HeadScript =
        "document.documentElement.dataset.js='';try{const t=localStorage.getItem('vitrine-theme');"
        + "if(t==='light'||t==='dark')document.documentElement.dataset.theme=t}catch{}";

    /// <summary>The first part of the page's addresses.</summary>
    public required string Kind { get; init; }

    /// <summary>The title as text.</summary>
    public required string Title { get; init; }

    /// <summary>The sections, for the contents: group, key and name.</summary>
    public required IReadOnlyList<(string? Group, string Key, string Name)> Sections { get; init; }

    /// <summary>More places of the bar: address and name.</summary>
    public required IReadOnlyList<(string Address, string Name)> Places { get; init; }

    /// <summary>What can be searched for, in the search box.</summary>
    public required string SearchHint { get; init; }

    /// <summary>Everything inside <c>main</c>.</summary>
    public required string Body { get; init; }

    /// <summary>The joined modules.</summary>
    public required string Script { get; init; }

    /// <summary>Writes the page; <paramref name="data"/> writes its data elements.</summary>
    public void Write(TextWriter writer, Action<TextWriter> data)
    {
        writer.Write("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        writer.Write(
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                + $"script-src '{Hash(HeadScript)}' '{Hash(Script)}'; "
                + "style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action "
                + "'none'\">\n");
        writer.Write(
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta "
                + "name=\"color-scheme\" content=\"light dark\">\n");
        writer.Write(
            $"<title>{HtmlBuilder.Escape(Title)} · Vitrine</title>\n<link rel=\"icon\" "
                + "href=\"data:,\">\n");
        writer.Write(
            $"<script>{HeadScript}</script>\n<style>\n{WebAssets.Style}</style>\n</head>\n"
                + "<body>\n");
        writer.Write(Bar());
        writer.Write(
            "<div class=\"page\">\n<nav class=\"contents\" aria-label=\"Contents\">"
                + $"{Contents()}</nav>\n<main>\n{Body}\n</main>\n</div>\n");
        data(writer);
        writer.Write($"<script type=\"module\">{Script}</script>\n</body>\n</html>\n");
    }

    private string Bar()
    {
        string kind = HtmlBuilder.Escape(Kind);
        string places = string.Concat(
            Places.Select(place => $"<a href=\"{HtmlBuilder.Escape(place.Address)}\">"
                + $"{HtmlBuilder.Escape(place.Name)}</a>"));
        return $"<header class=\"top\"><a class=\"wordmark\" href=\"#/{kind}\">Vitrine</a>"
            + "<nav class=\"experiments\" aria-label=\"Experiments\">"
            + ReportLinks.Own($"<a href=\"#/{kind}\" aria-current=\"page\">{kind}</a>")
            + $"{places}</nav>"
            + $"<div class=\"search\" role=\"search\" data-placeholder=\"{SearchHint}\">"
            + "<input type=\"text\" aria-label=\"Search tokens and sections\" "
            + $"placeholder=\"{SearchHint}\" autocomplete=\"off\" "
            + "autocapitalize=\"off\" spellcheck=\"false\" disabled><kbd "
            + "aria-hidden=\"true\">/</kbd></div>"
            + "<button type=\"button\" class=\"theme\" hidden>Dark</button></header>\n";
    }

    private string Contents() =>
        string.Concat(
            Sections.Select((section, i) =>
                (section.Group is { } group && (i == 0 || Sections[i - 1].Group != group)
                    ? $"<span class=\"group\">{HtmlBuilder.Escape(group)}</span>" : "")
                + $"<a href=\"#/{HtmlBuilder.Escape(Kind)}/{section.Key}\" "
                + $"data-key=\"{section.Key}\">{HtmlBuilder.Escape(section.Name)}</a>"));

    private static string Hash(string script) =>
        "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script)));
}
