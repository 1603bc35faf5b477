using System.Text.RegularExpressions;

namespace Vitrine.Explorer;

/// <summary>Writes a <see cref="ReportPage"/>: its HTML, its data, and the modules of the
/// components that it uses.</summary>
internal static partial class PageWriter
{
    private const string HeadsComponent = "vt-heads";

    /// <summary>Components by the modules that register them.</summary>
    private static readonly Lazy<SortedDictionary<string, string>> Components = new(() =>
        new SortedDictionary<string, string>(
            WebAssets
                .Modules.SelectMany(module =>
                    Registration()
                        .Matches(module.Value)
                        .Select(match => (Tag: match.Groups["tag"].Value, Module: module.Key)))
                .ToDictionary(one => one.Tag, one => one.Module),
            StringComparer.Ordinal));

    /// <summary>The elements that sections may name, in order.</summary>
    public static IEnumerable<string> ComponentNames => Components.Value.Keys;

    /// <summary>Writes the page.</summary>
    public static void Write(TextWriter writer, ReportPage page)
    {
        bool heads = page.Sections.Any(section => section.Component == HeadsComponent);
        new PageShell
        {
            Kind = page.Kind,
            Title = page.Title,
            Sections =
                [.. page.Sections.Select(section => (section.Group, section.Key, section.Name))],
            Places = heads ? [("#/heads", "Heads")] : [],
            SearchHint = heads ? "Token, head or section" : "Token, #id, 0xbytes or section",
            Body = PageBody.Of(page),
            Script = Script(page),
        }.Write(writer, data => WriteData(data, page));
    }

    /// <summary>A page's kind of any name: other characters become hyphens.</summary>
    public static string KindOf(string name)
    {
        string key = NoKey().Replace(name, "-").Trim('-');
        return key is "" or "heads" ? $"run-{key}".TrimEnd('-') : key;
    }

    /// <summary>That every key, component and array can be written.</summary>
    public static void Check(ReportPage page)
    {
        if (!Key().IsMatch(page.Kind) || page.Kind == "heads")
        {
            throw new ArgumentException(
                "ReportPage: Kind must be letters, digits and hyphens, and not `heads`; got "
                    + $"`{page.Kind}`.",
                nameof(page));
        }

        var keys = new HashSet<string>();
        foreach (ReportSection section in page.Sections)
        {
            if (!Key().IsMatch(section.Key) || !keys.Add(section.Key))
            {
                throw new ArgumentException(
                    "ReportPage: the keys of sections must differ and be letters, digits and "
                        + $"hyphens; got `{section.Key}` in {string.Join(", ", keys)}.",
                    nameof(page));
            }

            if (!Components.Value.ContainsKey(section.Component))
            {
                throw new ArgumentException(
                    $"ReportPage: section `{section.Key}` must name a component that a module of "
                        + $"Web/ registers; got `{section.Component}`; there are "
                        + $"{string.Join(", ", Components.Value.Keys)}.",
                    nameof(page));
            }

            if (section.Columns is < 1 or > 12)
            {
                throw new ArgumentException(
                    $"ReportPage: section `{section.Key}` must take 1 to 12 columns; got "
                        + $"{section.Columns}.",
                    nameof(page));
            }
        }

        if (page.TokenCounts is { } counts && counts.Count != page.Vocabulary.Size)
        {
            throw new ArgumentException(
                $"ReportPage: TokenCounts must have one value for each of the "
                    + $"{page.Vocabulary.Size} tokens; got {counts.Count}.",
                nameof(page));
        }
    }

    private static void WriteData(TextWriter writer, ReportPage page)
    {
        var blocks = new DataBlocks();
        blocks.Add(
            "class", PackedArray.Of([.. page.Vocabulary.Classes.Select(one => (byte)one)]));
        if (page.TokenCounts is { } counts)
        {
            blocks.Add("count", PackedArray.Of([.. counts]));
        }

        foreach (ReportSection section in page.Sections)
        {
            foreach ((string name, PackedArray array) in section.Arrays)
            {
                if (!Key().IsMatch(name.Replace('.', '-').Replace('_', '-')))
                {
                    throw new ArgumentException(
                        "ReportPage: names of arrays must be letters, digits and `.-_`; got "
                            + $"`{name}` in section `{section.Key}`.",
                        nameof(page));
                }

                blocks.Add($"{section.Key}.{name}", array);
            }
        }

        DataBlocks.WriteJson(
            writer,
            "vt-report",
            new
            {
                page.Kind,
                Run = new
                {
                    page.Name,
                    page.Signature,
                    Seed = page.Facts.FirstOrDefault(fact => fact.Name == "seed")?.Value,
                    Origin = string.Join(
                        ", ",
                        page.Facts.Where(fact => fact.Name is "seed" or "seed of draws" or "commit")
                            .Select(fact => $"{fact.Name} {fact.Value}")),
                },
                page.Checkpoints,
                page.Opens,
                Sections = page.Sections.Select(section => new { section.Key, section.Component }),
                blocks.Arrays,
            });
        foreach (ReportSection section in page.Sections)
        {
            DataBlocks.WriteJson(writer, $"vt-data-{section.Key}", section.Data);
        }

        DataBlocks.WriteJson(writer, "vt-vocabulary", page.Vocabulary.Json());
        blocks.WriteArrays(writer);
    }

    /// <summary>The modules of the page's components, which register themselves, and the
    /// start.</summary>
    private static string Script(ReportPage page)
    {
        const string entry = "page-entry.js";
        string imports = string.Concat(
            page.Sections.Select(section => Components.Value[section.Component])
                .Distinct()
                .Order(StringComparer.Ordinal)
                .Select(module => $"import {{}} from './{module}';\n"));
        return ModuleBundle.Join(
            new Dictionary<string, string>(WebAssets.Modules)
            {
                [entry] = $"import {{ startPage }} from './page/page.js';\n{imports}startPage();\n",
            },
            entry);
    }

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9-]*$")]
    private static partial Regex Key();

    [GeneratedRegex("[^A-Za-z0-9-]+")]
    private static partial Regex NoKey();

    [GeneratedRegex(@"^register\('(?<tag>vt-[a-z-]+)',", RegexOptions.Multiline)]
    private static partial Regex Registration();
}
