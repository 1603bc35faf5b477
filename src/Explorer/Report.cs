using System.Text;
using Vitrine.Models.Checkpoints;

namespace Vitrine.Explorer;

/// <summary>Writes a page of sections as one HTML file that opens from disk and needs nothing
/// else.</summary>
/// <remarks>
/// The page is readable before and without its script: title, findings and tables are HTML. Then
/// come the data and one inline module. A content security policy allows the page's two scripts by
/// their hashes and nothing from outside; every token is escaped on its way into HTML and JSON.
/// </remarks>
public static class Report
{
    /// <summary>Writes a page to a file: to a temporary name first, then renamed.</summary>
    /// <exception cref="ArgumentException">A section's key, component or array cannot be
    /// written.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, ReportPage page)
    {
        PageWriter.Check(page);
        AtomicFile.Write(
            path,
            stream =>
            {
                using var writer = new StreamWriter(
                    stream, new UTF8Encoding(false), 1 << 16, leaveOpen: true);
                PageWriter.Write(writer, page);
            });
    }

    /// <summary>Writes the HTML of a page.</summary>
    /// <exception cref="ArgumentException">A section's key, component or array cannot be
    /// written.</exception>
    public static void Write(TextWriter writer, ReportPage page)
    {
        PageWriter.Check(page);
        PageWriter.Write(writer, page);
    }
}
