using System.CommandLine;
using Vitrine.Explorer;

namespace Vitrine.Cli.CommandLine;

/// <summary>The answer of a command as a page: <c>--html FILE</c>.</summary>
internal sealed class CommandPage
{
    public Option<string?> Html { get; } = new("--html")
    {
        Description = "Also write the answer as a page that opens in a browser",
        HelpName = "FILE",
    };

    /// <summary>Writes the page if one is asked for, and says where it is.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="terminal">What to print on.</param>
    /// <param name="folder">The model's folder.</param>
    /// <param name="model">The model.</param>
    /// <param name="section">Makes the page's section, its heading the page's title.</param>
    public void Write(
        ParseResult parse, Terminal terminal, string folder, SubjectModel model,
        Func<ReportSection> section)
    {
        if (parse.GetValue(Html) is not { } path)
        {
            return;
        }

        string command = parse.CommandResult.Command.Name;
        string name = Path.GetFileName(Path.GetFullPath(folder).TrimEnd(Path.DirectorySeparatorChar));
        ReportSection answer = section();
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        Report.Write(path, new ReportPage
        {
            Kind = command == "heads" ? "head-table" : command,  // #/heads/1.2 is a head's own page
            Title = answer.Heading,
            Lead = answer.Finding,
            Vocabulary = model.Tokenizer is { } tokenizer
                ? TokenVocabulary.Of(tokenizer) : TokenVocabulary.Numbered(model.Vocabulary),
            Name = name,
            Signature = $"vitrine {command} · {name}",
            Sections = [answer],
        });
        (terminal.Json ? terminal.Error : terminal.Output).WriteLine($"Page: {path}");
    }
}
