using System.CommandLine;
using Spectre.Console;
using Vitrine.Cli.CommandLine;
using Vitrine.Explorer;
using Vitrine.Interp;
using Vitrine.Interp.Comparison;
using Vitrine.Interp.Heads;

namespace Vitrine.Cli.Commands;

/// <summary><c>vitrine compare RUN RUN</c>: two models side by side.</summary>
internal static class CompareCommand
{
    /// <summary>The other model.</summary>
    internal sealed record Request(string Model, string Other) : SubjectRequest(Model);

    public static Command Create()
    {
        Argument<string> model = CommonOptions.Model();
        var other = new Argument<string>("OTHER") { Description = "The model to compare it with" };
        var text = CommonOptions.Of<string?>(
            "--text", "Measure both on the held-out part of this text [default: that of MODEL]",
            "FILE|FOLDER");
        return new Command(
            "compare", "Two models side by side: settings, losses, heads, induction circuits")
        {
            model, other, text, CommandPage.Html,
        }.Asks(
            parse => new Request(parse.GetRequiredValue(model), parse.GetRequiredValue(other))
            {
                Text = parse.GetValue(text),
            },
            Of, (terminal, subject, _, found) => Print(terminal, subject, found),
            "vitrine compare runs/1-layer runs/2-layer",
            "vitrine compare runs/three/seed-10 runs/three/seed-11 --html seeds.html");
    }

    /// <summary>Answers the request.</summary>
    public static Answer<ModelComparison> Of(
        Subject subject, Request request, IProgress<AnalysisProgress>? progress = null,
        CancellationToken stop = default)
    {
        using Subject other = Subject.Open(
            request.Other, request.Text, allowNan: request.AllowNan);
        ModelComparison found = ModelComparison.Of(subject, other, request.Seed, progress, stop);
        return new Answer<ModelComparison>(
            found,
            () => ComparisonPage.Of(found),
            found.Text is not null ? []
                : [$"Losses are not compared: {found.Incomparable}. Give one text with `text`."]);
    }

    private static void Print(Terminal terminal, Subject subject, ModelComparison found)
    {
        string[] names = [found.First.Name, found.Second.Name];
        IReadOnlyList<ComparedRow> rows = ComparedRow.Of(found);
        Table table = NumberTable.Titled(null, "", names[0], names[1]).AddNumbers("difference");
        foreach (ComparedRow row in rows)
        {
            table.AddRow(
                Markup.Escape(row.Name), Markup.Escape(row.First ?? "–"),
                Markup.Escape(row.Second ?? "–"), row.Difference ?? "");
        }

        terminal.Tables.Write(table);
        foreach (ModelReading model in new[] { found.First, found.Second })
        {
            foreach (IGrouping<string, string> reason in model.Missing
                .GroupBy(one => one.Value, one => one.Key))
            {
                terminal.Say($"{model.Name}, –: {reason.Key}.");
            }
        }

        Print(terminal, found.First);
        Print(terminal, found.Second);
        if (found.Disagreement is { } tokens)
        {
            Table largest = NumberTable.Titled("Largest differences of loss", "after", "token")
                .AddNumbers("passage", names[0], names[1], "difference");
            foreach (DisputedToken token in tokens.Largest)
            {
                largest.AddRow(
                    Markup.Escape(string.Concat(token.After.Select(subject.Display))),
                    Markup.Escape(subject.Display(token.Token)), $"{token.Passage}",
                    Numerals.Score(token.First), Numerals.Score(token.Second),
                    Numerals.Signed(token.Second - token.First));
            }

            terminal.Tables.Write(largest);
            terminal.Say(ComparisonFindings.Tokens(found).Plain(subject.Display));
        }

        terminal.Say(ComparisonFindings.Lead(found).ToString());
    }

    private static void Print(Terminal terminal, ModelReading model)
    {
        if (model.Heads is not { } heads)
        {
            return;
        }

        Table table = NumberTable.Titled($"Heads of {model.Name}", "head")
            .AddNumbers(
                "prefix\nmatch", "prev.\ntoken", "dupl.\ntoken", "first\ntoken", "same\ntoken")
            .AddColumn("kind");
        foreach (HeadRow row in heads)
        {
            table.AddRow(
            [
                $"{row.Layer}.{row.Head}",
                .. ComparedRow.ScoreNames.Select(name =>
                    row.Scores.TryGetValue(name, out RankedScore? score)
                        ? Numerals.Weight(score.Value) : "–"),
                row.Kinds.Count > 0 ? string.Join(", ", row.Kinds) : "–",
            ]);
        }

        terminal.Tables.Write(table);
    }
}
