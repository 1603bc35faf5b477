using System.Text;

namespace Vitrine.Explorer;

/// <summary>The modules and style sheets of <c>Web/</c>, as embedded in this assembly.</summary>
internal static class WebAssets
{
    private const string Folder = "Web/";

    // Colours first: the rest refers to them.
    private static readonly string[] StyleSheets =
    [
        "theme.css",
        "frame.css",
        "tokens.css",
        "figures.css",
    ];

    /// <summary>All modules by file name.</summary>
    public static IReadOnlyDictionary<string, string> Modules { get; } =
        typeof(WebAssets)
            .Assembly.GetManifestResourceNames()
            .Where(name =>
                name.StartsWith(Folder, StringComparison.Ordinal)
                && name.EndsWith(".js", StringComparison.Ordinal))
            .ToDictionary(name => name[Folder.Length..], name => Read(name[Folder.Length..]));

    /// <summary>All style sheets, joined.</summary>
    public static string Style { get; } = string.Join("\n", StyleSheets.Select(Read));

    private static string Read(string file)
    {
        using Stream stream =
            typeof(WebAssets).Assembly.GetManifestResourceStream(Folder + file)
            ?? throw new FileNotFoundException(
                $"WebAssets: {file} is not embedded in the assembly.",
                file);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
