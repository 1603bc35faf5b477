using System.CommandLine;
using Spectre.Console;
using Vitrine.Cli.CommandLine;
using Vitrine.Explorer;
using Vitrine.Interp;
using Vitrine.Interp.Patching;

namespace Vitrine.Cli.Commands;

/// <summary><c>vitrine paths MODEL</c>: path patching, or edge attribution.</summary>
internal static class PathsCommand
{
    public static Command Create()
    {
        var model = new Argument<string>("MODEL")
        {
            Description = "A model or run folder with attention layers",
        };
        var prompts = new PromptOptions();
        var page = new CommandPage();
        var from = new Option<string?>("--from")
        {
            Description = "Only paths from this head",
            HelpName = "0.3",
        };
        var to = new Option<string?>("--to")
        {
            Description = "Only paths into this head",
            HelpName = "1.2|logits",
        };
        var eap = new Option<bool>("--eap")
        {
            Description = "Approximate every edge by one gradient in place of patching it (EAP)",
        };
        Option<int?> steps = CommonOptions.Checked(
            new Option<int?>("--ig")
            {
                Description = "As --eap, with the gradient's mean over N runs between corrupt and "
                    + "clean embeddings",
                HelpName = "N",
            },
            count => count is < 1 or > 1000 ? $"--ig: must be 1 … 1000; got {count}." : null);
        Option<int> top = PatchCommand.Top(16);
        var command = new Command("paths", "Patch the paths between heads: which of them carry it?")
        {
            model, from, to, eap, steps, top, page.Html,
        };
        prompts.AddTo(command);
        return command.Runs(
            (parse, terminal) =>
            {
                using SubjectModel subject = SubjectModel.Open(parse.GetRequiredValue(model));
                if (parse.GetValue(eap) || parse.GetValue(steps) is not null)
                {
                    if (parse.GetValue(from) is not null || parse.GetValue(to) is not null)
                    {
                        throw new UsageException(
                            "--from, --to: choose paths of path patching; leave out --eap and "
                            + "--ig.");
                    }

                    EdgeAttribution edges = prompts.With(parse, subject, pairs =>
                    {
                        using var experiment = new PatchingExperiment(
                            subject.Model, pairs, parse.GetValue(prompts.Metric));
                        return EdgeAttribution.Of(experiment, parse.GetValue(steps) ?? 0);
                    });
                    terminal.Show(edges, CliJson.Readable.EdgeAttribution, console =>
                        Print(console, terminal, edges, parse.GetValue(top)));
                    page.Write(
                        parse, terminal, parse.GetRequiredValue(model), subject,
                        () => PathPatchingPage.Of(edges));
                    return 0;
                }

                Head? sender = parse.GetValue(from) is { } first ? subject.Head("--from", first)
                    : null;
                string? into = parse.GetValue(to);
                Head? receiver = into is not (null or "logits") ? subject.Head("--to", into) : null;
                if (receiver is { } last && last.Layer <= (sender?.Layer ?? 0))
                {
                    throw new UsageException(
                        $"--to: paths run from earlier layers to later ones; none runs "
                        + $"{(sender is null ? "" : $"from {sender} ")}into {last}.");
                }

                PathPatchingResult all = prompts.With(parse, subject, pairs => PathPatching.Of(
                    subject.Model, pairs, parse.GetValue(prompts.Metric), Interruption.Token));
                PathPatchingResult result = all with
                {
                    Paths =
                    [
                        .. all.Paths.Where(path => (sender is null || path.Sender == sender)
                            && (into is null || path.Receiver == receiver)),
                    ],
                };
                terminal.Show(result, CliJson.Readable.PathPatchingResult, console =>
                    Print(console, terminal, result, parse.GetValue(top)));
                page.Write(
                    parse, terminal, parse.GetRequiredValue(model), subject,
                    () => PathPatchingPage.Of(
                        result, subject.AllTokens, prompts.With(parse, subject, pairs =>
                    {
                        using var experiment = new PatchingExperiment(
                            subject.Model, pairs, parse.GetValue(prompts.Metric));
                        return EdgeAttribution.Of(experiment);
                    })));
                return 0;
            },
            "vitrine paths runs/2-layer --clean \"The Congress shall\" "
            + "--corrupt \"The President shall\" --answer \" have\" --versus \" be\"",
            "vitrine paths MODEL --prompts pairs.json --to 1.3",
            "vitrine paths MODEL --prompts pairs.json --ig 5",
            "vitrine paths MODEL --prompts pairs.json --html paths.html");
    }

    private static void Print(
        IAnsiConsole console, Terminal terminal, PathPatchingResult result, int top)
    {
        Table table = new Table().Border(TableBorder.Minimal).AddColumn("from").AddColumn("to")
            .AddColumn("input");
        table.AddColumn(new TableColumn("value").RightAligned());
        table.AddColumn(new TableColumn("effect").RightAligned());
        foreach (PatchedPath path in result.Strongest(top))
        {
            table.AddRow(
                path.Sender.ToString(), path.Receiver?.ToString() ?? "logits", path.Receiver is null
                    ? "" : path.Input,
                Numerals.Fixed(path.Value), Numerals.Signed(path.Effect, 3));
        }

        console.Write(table);
        terminal.Say(PatchCommand.Runs(
            result.Metric, result.ValueClean, result.ValueCorrupt, result.Clean.Count));
        terminal.Say("value: the clean run with this path corrupted; 1 = it carries nothing, 0 = "
            + "all of it.");
    }

    private static void Print(
        IAnsiConsole console, Terminal terminal, EdgeAttribution edges, int top)
    {
        Table table = new Table().Border(TableBorder.Minimal).AddColumn("from").AddColumn("to");
        table.AddColumn(new TableColumn("score").RightAligned());
        foreach ((string source, string target, double score) in edges.Strongest(top))
        {
            table.AddRow(source, target, Numerals.Signed(score, 3));
        }

        console.Write(table);
        terminal.Say(PatchCommand.Runs(
            edges.Metric, edges.ValueClean, edges.ValueCorrupt, pairs: 1));
        terminal.Say(
            "score: the metric's change, in shares of the clean run's effect, if the edge were "
            + "corrupted and the metric were linear. The input's edges sum to "
            + $"{Numerals.Fixed(edges.Scores[0].Sum())}; exactly it is −1.");
    }
}
