using System.Security.Cryptography;
using System.Text;
using Vitrine.Interp.Embeddings;
using Vitrine.Interp.ZeroLayer;
using Vitrine.Models.Checkpoints;

namespace Vitrine.Explorer;

/// <summary>Writes an experiment as one HTML file that opens from disk and needs nothing
/// else.</summary>
/// <remarks>
/// The page is readable before and without its script: title, findings and tables are HTML. Then
/// come the data and one inline module. A content security policy allows the page's two scripts by
/// their hashes and nothing from outside; every token is escaped on its way into HTML and JSON.
/// </remarks>
public static class Report
{
    // Runs before the first paint: the remembered theme, and that scripts run at all.
    private const string HeadScript =
        "document.documentElement.dataset.js='';try{const t=localStorage.getItem('vitrine-theme');"
        + "if(t==='light'||t==='dark')document.documentElement.dataset.theme=t}catch{}";

    private static readonly Lazy<string> Script = new(() =>
        ModuleBundle.Join(WebAssets.Modules, "main.js"));

    /// <summary>Writes the report to a file: to a temporary name first, then renamed.</summary>
    /// <exception cref="ArgumentException">The parts of the report do not fit each
    /// other.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, ZeroLayerReport report)
    {
        Check(report);
        AtomicFile.Write(
            path,
            stream =>
            {
                using var writer = new StreamWriter(
                    stream,
                    new UTF8Encoding(false),
                    1 << 16,
                    leaveOpen: true);
                Write(writer, report);
            });
    }

    /// <summary>Writes the report's HTML.</summary>
    /// <exception cref="ArgumentException">The parts of the report do not fit each
    /// other.</exception>
    public static void Write(TextWriter writer, ZeroLayerReport report)
    {
        Check(report);
        writer.Write("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        writer.Write(
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                + $"script-src '{Hash(HeadScript)}' '{Hash(Script.Value)}'; "
                + "style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action "
                + "'none'\">\n");
        writer.Write(
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta "
                + "name=\"color-scheme\" content=\"light dark\">\n");
        writer.Write(
            $"<title>{Markup.Escape(ZeroLayerPage.Title)} · Vitrine</title>\n<link rel=\"icon\" "
                + "href=\"data:,\">\n");
        writer.Write(
            $"<script>{HeadScript}</script>\n<style>\n{WebAssets.Style}</style>\n</head>\n<body>\n");
        writer.Write(Bar());
        writer.Write(
            "<div class=\"page\">\n<nav class=\"contents\" aria-label=\"Contents\">"
                + $"{Contents()}</nav>\n<main>\n{ZeroLayerPage.Body(report)}\n</main>\n</div>\n");
        ZeroLayerData.Write(writer, report);
        writer.Write($"<script type=\"module\">{Script.Value}</script>\n</body>\n</html>\n");
    }

    private static string Bar() =>
        $"<header class=\"top\"><a class=\"wordmark\" href=\"#/{ZeroLayerPage.Kind}\">Vitrine</a>"
        + "<nav class=\"experiments\" aria-label=\"Experiments\"><a "
        + $"href=\"#/{ZeroLayerPage.Kind}\" aria-current=\"page\">{ZeroLayerPage.Kind}</a></nav>"
        + "<div class=\"search\" role=\"search\" data-placeholder=\"Token, #id, 0xbytes or "
        + "section\"><input type=\"text\" aria-label=\"Search tokens and sections\" "
        + "placeholder=\"Token, #id, 0xbytes or section\" autocomplete=\"off\" "
        + "autocapitalize=\"off\" spellcheck=\"false\" disabled><kbd "
        + "aria-hidden=\"true\">/</kbd></div>"
        + "<button type=\"button\" class=\"theme\" hidden>Dark</button></header>\n";

    private static string Contents() =>
        string.Concat(
            ZeroLayerPage.Sections.Select(section =>
                $"<a href=\"#/{ZeroLayerPage.Kind}/{section.Key}\" "
                    + $"data-key=\"{section.Key}\">{section.Name}</a>"));

    private static string Hash(string script) =>
        "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script)));

    private static void Check(ZeroLayerReport report)
    {
        int vocabulary = report.Vocabulary.Size;
        ZeroLayerAnalysis analysis = report.Analysis;
        void Size(string part, int size)
        {
            if (size != vocabulary)
            {
                throw new ArgumentException(
                    $"Report: every part must have one row for each of the {vocabulary} tokens; "
                        + $"got {size} in {part}; build them from one model and tokenizer.",
                    nameof(report));
            }
        }

        Size(nameof(report.Vocabulary.Classes), report.Vocabulary.Classes.Count);
        Size(nameof(analysis.Counts), analysis.Counts.Vocabulary);
        Size(nameof(analysis.W_E), analysis.W_E.Rows);
        Size(nameof(analysis.W_U), analysis.W_U.Rows);
        Size(nameof(analysis.Bias), analysis.Bias.Length);
        Size(nameof(analysis.LogSumExp), analysis.LogSumExp.Length);
        Size(nameof(report.Run), report.Run.VocabularySize);
        if (analysis.W_E.Columns != analysis.W_U.Columns)
        {
            throw new ArgumentException(
                $"Report: W_E and W_U must be equally wide; got {analysis.W_E.Columns} and "
                    + $"{analysis.W_U.Columns}; pass W_U with one row a token.",
                nameof(report));
        }

        foreach (
            EmbeddingMap map in analysis.Maps.Where(map =>
                map.X.Length != map.Ids.Length || map.Y.Length != map.Ids.Length))
        {
            throw new ArgumentException(
                $"Report: a map must have two coordinates for every token; got {map.Ids.Length} "
                    + $"tokens, {map.X.Length} and {map.Y.Length} coordinates in the {map.Method} "
                    + $"of {map.Matrix}.",
                nameof(report));
        }
    }
}
