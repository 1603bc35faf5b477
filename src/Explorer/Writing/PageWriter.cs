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
            Body = Body(page),
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

    private static string Body(ReportPage page)
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

    [GeneratedRegex("^[-+\u2212<]?[0-9]|^–$")]
    private static partial Regex Numeral();
}
