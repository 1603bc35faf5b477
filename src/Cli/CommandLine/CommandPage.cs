using System.CommandLine;
using Vitrine.Cli.Commands;
using Vitrine.Explorer;
using Vitrine.Interp;
using Vitrine.Interp.Attention;
using Vitrine.Models;
using Vitrine.Models.Training;

namespace Vitrine.Cli.CommandLine;

/// <summary>The answer of a command as a page: <c>--html FILE</c>.</summary>
internal static class CommandPage
{
    public static Option<string?> Html { get; } = CommonOptions.Of<string?>(
        "--html", "Also write the result as a page that opens in a browser", "FILE");

    /// <summary>Writes the page if one is asked for, and says where it is.</summary>
    public static void Write(
        ParseResult parse, Terminal terminal, Subject subject, Func<PageContent> content)
    {
        if (parse.GetValue(Html) is not { } path)
        {
            return;
        }

        ReportPage page = Of(
            parse.CommandResult.Command.Name, subject, content(), terminal.Seed,
            Interruption.Token);
        OutputFile.Write(Html.Name, path, file => Report.Write(file, page));
        (terminal.Json ? terminal.Error : terminal.Output).WriteLine($"Page: {path}");
    }

    /// <summary>The page of an answer. All heads follow, so that a head that is named has a
    /// page.</summary>
    public static ReportPage Of(
        string command, Subject subject, PageContent answer, ulong seed,
        CancellationToken stop = default)
    {
        string name = answer.About?.Name
            ?? Path.GetFileName(
                Path.GetFullPath(subject.Path).TrimEnd(Path.DirectorySeparatorChar));
        // Scores of heads are of models whose layers are alike.
        bool complete = !answer.NamesHeads || subject.Model.Config.Attention?.Shared is null
            || answer.Sections.Any(section => section.Component == "vt-heads");
        return new ReportPage
        {
            Kind = command == "heads" ? "head-table" : command,  // #/heads/1.2 is a head's own page
            Title = answer.Title,
            Lead = answer.Lead,
            Facts =
            [
                .. answer.About?.Facts ?? Facts(subject.Model.Config, name),
                new("seed of draws", $"{seed}"),
                .. RunNotes.CommitOf(TrainedRun.ProgramVersion) is { } commit
                    ? [new ReportFact("commit", commit)] : Array.Empty<ReportFact>(),
            ],
            Vocabulary = TokenVocabulary.Of(subject),
            Name = name,
            Signature = $"vitrine {command} · {name}",
            TokenCounts = answer.Counts is { } counts
                ? [.. Enumerable.Range(0, counts.Vocabulary).Select(counts.TokenCount)] : null,
            Opens = answer.Opens,
            Sections = complete
                ? answer.Sections
                : [.. answer.Sections, HeadsCommand.Heads(subject, seed, stop)],
        };
    }

    /// <summary>The pattern of every head on a sequence.</summary>
    public static PackedPatterns Patterns(Subject subject, int[] tokens) => AttentionPassages.Of(
        "random-repeats",
        PassageAttention.Of(subject.Model, tokens, top: 1)).Measures["weight"];

    private static ReportFact[] Facts(TransformerConfig config, string name) =>
    [
        new("model", name),
        new("layers", $"{config.Layers}"),
        .. config.Attention is not { } layers ? Array.Empty<ReportFact>() :
        [
            new("heads", Numerals.ByLayer(layers, one => one.Heads, " a layer")),
            new("d_model", $"{config.DModel}"),
            new("d_head", Numerals.ByLayer(layers, one => one.DHead)),
            new("positions", $"{config.Positions.Kind}".ToLowerInvariant()),
            new("norm", config.Norm.Kind == NormKind.None ? "none" : $"{config.Norm.Kind}"),
        ],
        new("vocabulary", $"{config.Vocabulary:N0}"),
    ];
}
