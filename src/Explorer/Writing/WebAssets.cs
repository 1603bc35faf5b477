using System.Text;

namespace Vitrine.Explorer;

/// <summary>The modules and style sheets of <c>Web/</c>, as embedded in this assembly.</summary>
internal static class WebAssets
{
    private const string Folder = "Web/";

    // Colours first: the rest refers to them. Other sheets follow in order of their paths.
    private static readonly string[] FirstSheets =
    [
        "page/theme.css",
        "page/frame.css",
        "tokens/tokens.css",
        "figures/figures.css",
    ];

    /// <summary>All modules by their path: <c>page/store.js</c>.</summary>
    public static IReadOnlyDictionary<string, string> Modules { get; } =
        Names(".js").ToDictionary(name => name, Read);

    /// <summary>All style sheets, joined.</summary>
    public static string Style { get; } = string.Join(
        "\n",
        FirstSheets.Concat(Names(".css").Except(FirstSheets)).Select(Read));

    private static IEnumerable<string> Names(string extension) =>
        typeof(WebAssets)
            .Assembly.GetManifestResourceNames()
            .Where(name =>
                name.StartsWith(Folder, StringComparison.Ordinal)
                && name.EndsWith(extension, StringComparison.Ordinal))
            .Select(name => name[Folder.Length..])
            .Order(StringComparer.Ordinal);

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
