using System.Text;
using Vitrine.Interp.Embeddings;
using Vitrine.Interp.Studies;
using Vitrine.Models.Checkpoints;

namespace Vitrine.Explorer;

/// <summary>Writes an experiment, or the sections of a page, as one HTML file that opens from disk
/// and needs nothing else.</summary>
/// <remarks>
/// The page is readable before and without its script: title, findings and tables are HTML. Then
/// come the data and one inline module. A content security policy allows the page's two scripts by
/// their hashes and nothing from outside; every token is escaped on its way into HTML and JSON.
/// </remarks>
public static class Report
{
    private static readonly Lazy<string> Script = new(() =>
        ModuleBundle.Join(WebAssets.Modules, "main.js"));

    /// <summary>Writes the report to a file: to a temporary name first, then renamed.</summary>
    /// <exception cref="ArgumentException">The parts of the report do not fit each
    /// other.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    internal static void Write(string path, ZeroLayerReport report)
    {
        Check(report);
        Write(path, writer => Write(writer, report));
    }

    /// <summary>Writes the report's HTML.</summary>
    /// <exception cref="ArgumentException">The parts of the report do not fit each
    /// other.</exception>
    internal static void Write(TextWriter writer, ZeroLayerReport report)
    {
        Check(report);
        new PageShell
        {
            Kind = ZeroLayerPage.Kind,
            Title = ZeroLayerPage.Title,
            Sections = ZeroLayerPage.Sections,
            Body = ZeroLayerPage.Body(report),
            Script = Script.Value,
        }.Write(writer, data => ZeroLayerData.Write(data, report));
    }

    /// <summary>Writes a page of sections to a file: to a temporary name first, then
    /// renamed.</summary>
    /// <exception cref="ArgumentException">A section's key, component or array cannot be
    /// written.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, ReportPage page)
    {
        PageWriter.Check(page);
        Write(path, writer => PageWriter.Write(writer, page));
    }

    /// <summary>Writes the HTML of a page of sections.</summary>
    /// <exception cref="ArgumentException">A section's key, component or array cannot be
    /// written.</exception>
    public static void Write(TextWriter writer, ReportPage page)
    {
        PageWriter.Check(page);
        PageWriter.Write(writer, page);
    }

    private static void Write(string path, Action<TextWriter> content) =>
        AtomicFile.Write(
            path,
            stream =>
            {
                using var writer = new StreamWriter(
                    stream,
                    new UTF8Encoding(false),
                    1 << 16,
                    leaveOpen: true);
                content(writer);
            });

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
