using System.Text;
using System.Text.RegularExpressions;
using Vitrine.Models.Checkpoints;

namespace Vitrine.Explorer;

/// <summary>Links between reports that lie side by side, in the bar at the top of each. A report is
/// written with a link to itself alone; the others are put around it whenever one of them is
/// written.</summary>
internal static partial class ReportLinks
{
    private const string Begin = "<!--reports-->";
    private const string End = "<!--/reports-->";

    /// <summary>The part of the bar that holds links; at first the page's own alone.</summary>
    public static string Own(string links) => Begin + links + End;

    /// <summary>Makes reports link to one another, in the order in which they are given; files
    /// without such a part, or that cannot be written, stay as they are.</summary>
    /// <param name="reports">Names and files.</param>
    public static void Write(IReadOnlyList<(string Name, string Path)> reports)
    {
        foreach ((string name, string path) in reports)
        {
            try
            {
                Write(path, link => string.Concat(reports.Select(other =>
                    other.Path == path ? link : Link(other.Name, path, other.Path))));
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // Someone else's folder: the report opens without the link.
            }
        }
    }

    private static void Write(string path, Func<string, string> links)
    {
        string html = File.ReadAllText(path);
        if (Part().Match(html) is not { Success: true } part)
        {
            return;
        }

        string changed = html[..part.Index] + Own(links(part.Groups["own"].Value))
            + html[(part.Index + part.Length)..];
        if (changed != html)
        {
            AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(changed)));
        }
    }

    [GeneratedRegex(Begin + "(?:<a href=[^#>]+>[^<]*</a>)*(?<own><a href=\"#/[^>]+>[^<]*</a>)"
        + "(?:<a [^>]+>[^<]*</a>)*" + End)]
    private static partial Regex Part();

    private static string Link(string name, string from, string to)
    {
        string relative = Path.GetRelativePath(Path.GetDirectoryName(Path.GetFullPath(from))!, to);
        string address = string.Join(
            '/', relative.Split(Path.DirectorySeparatorChar).Select(Uri.EscapeDataString));
        return $"<a href=\"{HtmlBuilder.Escape(address)}\">{HtmlBuilder.Escape(name)}</a>";
    }
}
