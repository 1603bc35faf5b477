using System.CommandLine;
using Vitrine.Explorer;
using Vitrine.Models;

namespace Vitrine.Cli.CommandLine;

/// <summary>The answer of a command as a page: <c>--html FILE</c>.</summary>
internal sealed class CommandPage
{
    public Option<string?> Html { get; } = new("--html")
    {
        Description = "Also write the answer as a page that opens in a browser",
        HelpName = "FILE",
    };

    /// <summary>Whether a page is asked for.</summary>
    public bool IsAsked(ParseResult parse) => parse.GetValue(Html) is not null;

    /// <summary>Writes a page of one section, its heading the page's title.</summary>
    /// <inheritdoc cref="Write(ParseResult, Terminal, string, SubjectModel, Func{PageContent})"/>
    public void Write(
        ParseResult parse, Terminal terminal, string folder, SubjectModel model,
        Func<ReportSection> section) =>
        Write(parse, terminal, folder, model, () => PageContent.Of(section(), model.AllTokens));

    /// <summary>Writes the page if one is asked for, and says where it is. All heads follow, so
    /// that a head that is named has a page.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="terminal">What to print on.</param>
    /// <param name="folder">The model's folder.</param>
    /// <param name="model">The model.</param>
    /// <param name="content">Makes what the page says.</param>
    public void Write(
        ParseResult parse, Terminal terminal, string folder, SubjectModel model,
        Func<PageContent> content)
    {
        if (parse.GetValue(Html) is not { } path)
        {
            return;
        }

        string command = parse.CommandResult.Command.Name;
        string name =
            Path.GetFileName(Path.GetFullPath(folder).TrimEnd(Path.DirectorySeparatorChar));
        PageContent answer = content();
        bool named = model.Model.Config.Layers == 0
            || answer.Sections.Any(section => section.Component == "vt-heads");
        var page = new ReportPage
        {
            Kind = command == "heads" ? "head-table" : command,  // #/heads/1.2 is a head's own page
            Title = answer.Title,
            Lead = answer.Lead,
            Facts = Facts(model, name),
            Vocabulary = model.AllTokens,
            Name = name,
            Signature = $"vitrine {command} · {name}",
            Sections = named ? answer.Sections
                : [.. answer.Sections, SubjectHeads.Section(folder, model, terminal)],
        };
        OutputFile.Write(Html.Name, path, file => Report.Write(file, page));
        (terminal.Json ? terminal.Error : terminal.Output).WriteLine($"Page: {path}");
    }

    private static ReportFact[] Facts(SubjectModel model, string name)
    {
        TransformerConfig config = model.Model.Config;
        return
        [
            new("model", name),
            new("layers", $"{config.Layers}"),
            .. config.Layers == 0 ? Array.Empty<ReportFact>() :
            [
                new("heads", $"{config.Heads} a layer"),
                new("d_model", $"{config.DModel}"),
                new("d_head", $"{config.DHead}"),
                new("positions", $"{config.Positions.Kind}".ToLowerInvariant()),
                new("norm", config.Norm.Kind == NormKind.None ? "none" : $"{config.Norm.Kind}"),
            ],
            new("vocabulary", $"{config.Vocabulary:N0}"),
        ];
    }
}
