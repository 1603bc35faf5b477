using System.CommandLine;
using Spectre.Console;
using Vitrine.Cli.CommandLine;
using Vitrine.Explorer;
using Vitrine.Interp;
using Vitrine.Interp.Findings;
using Vitrine.Interp.Patching;

namespace Vitrine.Cli.Commands;

/// <summary><c>vitrine paths MODEL</c>: path patching, or edge attribution.</summary>
internal static class PathsCommand
{
    /// <summary>Which paths between heads, patched one by one or approximated by
    /// gradients.</summary>
    /// <param name="Model">The folder.</param>
    /// <param name="Prompts">The prompts.</param>
    /// <param name="From">The sender; null for all.</param>
    /// <param name="To">The receiver, or <c>logits</c>; null for all.</param>
    /// <param name="Steps">Gradients that an approximation is the mean of, 0 for the one of the
    /// clean run; null to patch.</param>
    /// <param name="Top">Rows that are printed.</param>
    internal sealed record Request(
        string Model, Prompts Prompts, string? From, string? To, int? Steps, int Top)
        : SubjectRequest(Model);

    public static Command Create()
    {
        Argument<string> model = CommonOptions.Model("A model or run folder with attention layers");
        var prompts = new PromptOptions();
        var from = CommonOptions.Of<string?>("--from", "Only paths from this head", "0.3");
        var to = CommonOptions.Of<string?>("--to", "Only paths into this head", "1.2|logits");
        var eap = CommonOptions.Of<bool>(
            "--eap", "Approximate every edge by one gradient in place of patching it (EAP)");
        Option<int?> steps = CommonOptions.Of<int?>(
            "--ig", "As --eap, with the gradient's mean over N runs between corrupt and clean "
            + "embeddings", "N",
            count => count is < 1 or > 1000 ? $"--ig: must be 1 … 1000; got {count}." : null);
        Option<int> top = PatchCommand.Top(16);
        var command = new Command("paths", "Patch the paths between heads: which of them carry it?")
        {
            model, from, to, eap, steps, top, CommandPage.Html,
        };
        prompts.AddTo(command);
        return command.Asks(
            Read, Of, Print,
            "vitrine paths runs/2-layer --clean \"The Congress shall\" "
            + "--corrupt \"The President shall\" --answer \" have\" --versus \" be\"",
            "vitrine paths MODEL --prompts pairs.json --to 1.3",
            "vitrine paths MODEL --prompts pairs.json --ig 5",
            "vitrine paths MODEL --prompts pairs.json --html paths.html");

        Request Read(ParseResult parse)
        {
            int? means = parse.GetValue(steps) ?? (parse.GetValue(eap) ? 0 : null);
            return means is not null && CommonOptions.Typed(parse, from, to).Length > 0
                ? throw new RequestException(
                    "--from, --to: choose paths of path patching; leave out --eap and --ig.")
                : new Request(
                    parse.GetRequiredValue(model), prompts.Read(parse), parse.GetValue(from),
                    parse.GetValue(to), means, parse.GetValue(top));
        }
    }

    /// <summary>Answers the request.</summary>
    public static Answer<Analysis> Of(
        Subject subject, Request request, IProgress<AnalysisProgress>? progress = null,
        CancellationToken stop = default)
    {
        if (request.Steps is { } steps)
        {
            EdgeAttribution edges = Edges(subject, request.Prompts, steps);
            return new Answer<Analysis>(edges, () => PathPatchingPage.Of(edges));
        }

        Head? sender = request.From is { } first ? subject.Head(first, "`from`") : null;
        string? into = request.To;
        Head? receiver = into is not (null or "logits") ? subject.Head(into, "`to`") : null;
        if (receiver is { } last && last.Layer <= (sender?.Layer ?? 0))
        {
            throw new RequestException(
                "`to`: paths run from earlier layers to later ones; none runs "
                + $"{(sender is null ? "" : $"from {sender} ")}into {last}.");
        }

        PathPatchingResult all = request.Prompts.With(subject, pairs => PathPatching.Of(
            subject.Model, pairs, request.Prompts.Metric, stop));
        PathPatchingResult result = all with
        {
            Paths =
            [
                .. all.Paths.Where(path => (sender is null || path.Sender == sender)
                    && (into is null || path.Receiver == receiver)),
            ],
        };
        return new Answer<Analysis>(
            result,
            () => PathPatchingPage.Of(
                result, TokenVocabulary.Of(subject), Edges(subject, request.Prompts, steps: 0)));
    }

    private static EdgeAttribution Edges(Subject subject, Prompts prompts, int steps) =>
        prompts.With(
            subject, (PatchingExperiment experiment) => EdgeAttribution.Of(experiment, steps));

    private static void Print(Terminal terminal, Subject subject, Request request, Analysis result)
    {
        if (result is PathPatchingResult paths)
        {
            Print(terminal, paths, request.Top);
        }
        else if (result is EdgeAttribution edges)
        {
            Print(terminal, edges, request.Top);
        }
    }

    private static void Print(Terminal terminal, PathPatchingResult result, int top)
    {
        Table table = NumberTable.Titled(null, "from", "to", "input")
            .AddNumbers("value", "carries");
        foreach (PatchedPath path in result.Strongest(top))
        {
            table.AddRow(
                path.Sender.ToString(), path.Receiver?.ToString() ?? "logits", path.Receiver is null
                    ? "" : path.Input,
                Numerals.Fixed(path.Value), Numerals.Fixed(-path.Effect));
        }

        terminal.Say(PatchCommand.Runs(
            result.Metric, result.ValueClean, result.ValueCorrupt, result.Clean.Count));
        terminal.Tables.Write(table);
        terminal.Say("value: the clean run with this path corrupted; 1 = it carries nothing, 0 = "
            + "all of it. carries: the rest, 1 − value.");
    }

    private static void Print(Terminal terminal, EdgeAttribution edges, int top)
    {
        Table table = NumberTable.Titled(null, "from", "to", "input").AddNumbers("carries");
        foreach ((string source, string target, double score) in edges.Strongest(top))
        {
            (string to, string input) = EdgeAttribution.End(target);
            table.AddRow(
                EdgeAttribution.End(source).Name, to, input == to ? "" : input,
                Numerals.Fixed(-score));
        }

        terminal.Say(PatchCommand.Runs(
            edges.Metric, edges.ValueClean, edges.ValueCorrupt, pairs: 1));
        terminal.Tables.Write(table);
        terminal.Say(
            "carries: what the metric would lose, in shares of the clean run's effect, if the edge "
            + "were corrupted and the metric were linear (the JSON has the change itself, with the "
            + $"opposite sign). {PathFindings.Sum(edges)}");
    }
}
