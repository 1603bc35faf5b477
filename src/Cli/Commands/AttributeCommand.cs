using System.CommandLine;
using Spectre.Console;
using Vitrine.Cli.CommandLine;
using Vitrine.Explorer;
using Vitrine.Interp;
using Vitrine.Interp.Attribution;
using Vitrine.Models;

namespace Vitrine.Cli.Commands;

/// <summary><c>vitrine attribute MODEL TEXT</c>: which parts write a prediction.</summary>
internal static class AttributeCommand
{
    /// <summary>A token that is asked about.</summary>
    internal sealed record Answer(string Token, int Id, double Probability);

    /// <summary>A logit and its parts, as <see cref="LogitAttribution"/>.</summary>
    internal sealed record Attributed(
        IReadOnlyList<NamedToken> Tokens, int Position, Answer Target, Answer? Versus, double Total,
        double Embed, double? Positions, double Bias, BiasParts Biases, double[] Attn, double[] Mlp,
        double[][] Heads, IReadOnlyDictionary<string, double[]> Sources, string Norm,
        double? Residual);

    public static Command Create()
    {
        var passage = new PassageArgument();
        var page = new CommandPage();
        var answer = new Option<string?>("--answer")
        {
            Description = "The token whose logit is split, leading space included, or #5 "
                + "[default: the likeliest]",
            HelpName = "TOKEN",
        };
        var versus = new Option<string?>("--versus")
        {
            Description = "The token whose logit is taken off",
            HelpName = "TOKEN",
        };
        var position = new Option<int?>("--position")
        {
            Description = "Where it is predicted, from 0 [default: the last token]",
            HelpName = "N",
        };
        var top = CommonOptions.Checked(
            new Option<int>("--top")
            {
                Description = "How many source tokens of a head, or paths, are named",
                HelpName = "N",
                DefaultValueFactory = _ => 2,
            },
            count => count is < 1 or > 50 ? $"--top: must be 1 … 50; got {count}." : null);
        var paths = new Option<bool>("--paths")
        {
            Description = "Instead: the loss that direct path, heads and pairs of heads explain",
        };
        return new Command("attribute", "Which parts write a prediction: heads and source tokens")
        {
            passage.Model, passage.Text, passage.Ids, answer, versus, position, top, paths,
            page.Html,
        }.Runs(
            (parse, terminal) =>
            {
                using var model = SubjectModel.Open(parse.GetRequiredValue(passage.Model));
                int[] tokens = passage.Tokens(parse, model);
                if (parse.GetValue(paths))
                {
                    string[] idle =
                    [
                        .. new Option[] { answer, versus, position }
                            .Where(option => parse.GetResult(option) is not null)
                            .Select(option => option.Name),
                    ];
                    if (idle.Length > 0)
                    {
                        throw new UsageException(
                            "--paths: it is about the loss of the whole passage; leave out "
                            + $"{string.Join(", ", idle)}.");
                    }

                    PathExpansion expanded = Expand(
                        model, tokens, Math.Max(10, parse.GetValue(top)), terminal);
                    page.Write(
                        parse, terminal, parse.GetRequiredValue(passage.Model), model,
                        () => PathsSection.Of(expanded));
                    return 0;
                }

                int? at = parse.GetValue(position);
                if (at is { } p && (p < 0 || p >= tokens.Length))
                {
                    throw new UsageException(
                        $"--position: the passage has the positions 0 … {tokens.Length - 1}; got "
                        + $"{p}.");
                }

                int? target = parse.GetValue(answer) is { } asked
                    ? model.Token("--answer", asked) : null;
                int? other = parse.GetValue(versus) is { } second
                    ? model.Token("--versus", second) : null;
                var split = LogitAttribution.Of(model.Model, tokens, target, other, at);
                if (split.Target == other)
                {
                    throw new UsageException(
                        $"--versus: {model.Display(split.Target)} is the answer itself; name "
                        + "another token.");
                }

                int named = parse.GetValue(top);
                terminal.Show(
                    Named(model, split),
                    CliJson.Readable.Attributed,
                    console => Print(console, terminal, model, split, named));
                string path = parse.GetRequiredValue(passage.Model);
                page.Write(parse, terminal, path, model, () => AttributionSection.Of(split));
                return 0;
            },
            """vitrine attribute runs/2-layer "The Congress has power. The" --answer " Congress" """
                .TrimEnd(),
            "vitrine attribute runs/2-layer --ids 464,3162 --answer #423 --versus #307 --json");
    }

    private static Attributed Named(SubjectModel model, LogitAttribution split) => new(
        NamedToken.Of(model, split.Tokens),
        split.Position,
        new Answer(NamedToken.Of(model, split.Target).Token, split.Target, split.Probability),
        split.Versus is { } other
            ? new Answer(NamedToken.Of(model, other).Token, other, split.VersusProbability!.Value)
            : null,
        split.Total, split.Embed, split.Positions, split.Bias, split.Biases, split.Attn, split.Mlp,
        split.Heads, split.Sources, split.Norm, split.Residual);

    private static void Print(
        IAnsiConsole console, Terminal terminal, SubjectModel model, LogitAttribution split,
        int top)
    {
        string last = model.Display(split.Tokens[^1]);
        string title = Asked(model, split.Target, split.Probability)
            + (split.Versus is { } other
                ? $" less {Asked(model, other, split.VersusProbability!.Value)}" : "");
        Table table = new Table().Border(TableBorder.Minimal)
            .Title(Markup.Escape($"{title} after {last}@{split.Position}"));
        table.AddColumn("part").AddColumn(new TableColumn("logits").RightAligned());
        table.AddColumn("from");
        table.AddRow("embedding", Numerals.Signed(split.Embed), Markup.Escape(last));
        if (split.Positions is { } positions)
        {
            table.AddRow("positions", Numerals.Signed(positions), $"position {split.Position}");
        }

        table.AddRow("biases", Numerals.Signed(split.Bias), "");
        for (int layer = 0; layer < split.Heads.Length; layer++)
        {
            for (int head = 0; head < split.Heads[layer].Length; head++)
            {
                var one = new Head(layer, head);
                table.AddRow(
                    $"head {one}",
                    Numerals.Signed(split.Heads[layer][head]),
                    Markup.Escape(Sources(model, split, one, top)));
            }
        }

        console.Write(table);
        string positional =
            split.Positions is { } added ? $" positions {Numerals.Signed(added)}" : "";
        string whole = split.Versus is null ? "logit" : "logit difference";
        double sum = split.Embed + (split.Positions ?? 0) + split.Bias + split.Attn.Sum();
        terminal.Say(
            $"embedding {Numerals.Signed(split.Embed)}{positional} biases "
            + $"{Numerals.Signed(split.Bias)} attention {Numerals.Signed(split.Attn.Sum())} = "
            + $"{Numerals.Signed(sum)} · {whole} {Numerals.Signed(split.Total)}, residual "
            + Numerals.Tiny(split.Residual ?? 0)
            + (split.Norm == "frozen" ? "; the final norm's scale is frozen." : "."));
    }

    private static string Asked(SubjectModel model, int token, double probability) =>
        $"{model.Display(token)} (p {Numerals.Weight(probability)})";

    private static string Sources(SubjectModel model, LogitAttribution split, Head head, int top)
    {
        double[] sources = split.Sources[head.ToString()];
        int[] largest = [.. Enumerable.Range(0, sources.Length)
            .OrderByDescending(j => Math.Abs(sources[j])).Take(top)];
        string named = string.Join("  ", largest.Select(
            j => $"{model.Display(split.Tokens[j])}@{j} {Numerals.Signed(sources[j])}"));
        int others = sources.Length - largest.Length;
        return others == 0 ? named
            : $"{named}  {others} other{(others == 1 ? "" : "s")} "
                + Numerals.Signed(sources.Sum() - largest.Sum(j => sources[j]));
    }

    private static PathExpansion Expand(
        SubjectModel model, int[] tokens, int top, Terminal terminal)
    {
        TransformerConfig config = model.Model.Config;
        if (tokens.Length < 2 || config.Layers == 0 || config.Norm.Kind != NormKind.None)
        {
            throw new UsageException(
                "--paths: paths add up in models with attention layers and without norms, on at "
                + $"least 2 tokens; got {config.Layers} layers, norm {config.Norm.Kind}, "
                + $"{tokens.Length} tokens.");
        }

        var paths = PathExpansion.Of(model.Model, [tokens]);
        terminal.Show(paths, CliJson.Readable.PathExpansion, console =>
        {
            Table orders = new Table().Border(TableBorder.Minimal)
                .Title(Markup.Escape($"Loss of {paths.Tokens} tokens by paths (nats per token)"));
            orders.AddColumn("paths").AddColumn(new TableColumn("terms").RightAligned());
            orders.AddColumn(new TableColumn("loss").RightAligned());
            orders.AddColumn(new TableColumn("gain").RightAligned());
            orders.AddColumn(new TableColumn("per term").RightAligned());
            foreach (PathOrder row in paths.Orders.Concat(paths.Layers))
            {
                orders.AddRow(
                    row.Name,
                    row.Terms > 0 ? $"{row.Terms:N0}" : "–",
                    $"{row.Loss:F3}",
                    row.Name == "uniform" ? "–" : Numerals.Signed(row.Gain, 3),
                    row.GainPerTerm is { } each ? Numerals.Signed(each, 4) : "–");
            }

            console.Write(orders);
            Table terms = new Table().Border(TableBorder.Minimal)
                .Title("Single paths");
            terms.AddColumn("path").AddColumn(new TableColumn("logits").RightAligned());
            PathTerm[] largest =
                [.. paths.Terms.OrderByDescending(term => Math.Abs(term.Effect)).Take(top)];
            foreach (PathTerm term in largest)
            {
                terms.AddRow(
                    term.First is null ? "direct path" : term.Second is null ? $"head {term.First}"
                        : $"pair {term.First} → {term.Second}",
                    Numerals.Signed(term.Effect));
            }

            int others = paths.Terms.Count - largest.Length;
            if (others > 0)
            {
                double rest =
                    paths.Terms.Sum(term => term.Effect) - largest.Sum(term => term.Effect);
                terms.AddRow($"{others} others", Numerals.Signed(rest));
            }

            console.Write(terms);
            terminal.Say(
                "Patterns are frozen; each row of the first table adds its paths to those above "
                + "it, rows of single layers to the direct path. Single paths: what each adds to "
                + "the logit of the token that comes, on average. All sum to the model within "
                + $"{Numerals.Tiny(paths.Residual ?? 0)} of the stream's largest value.");
        });
        return paths;
    }
}
