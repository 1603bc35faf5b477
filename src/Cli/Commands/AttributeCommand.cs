using System.CommandLine;
using System.Text.Json.Serialization;
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
    // Of a larger model the table shows the parts that contribute most.
    private const int MostParts = 40;

    private const int FewestPaths = 10;

    /// <summary>Which logit of a passage is split, or that its loss is split by paths.</summary>
    internal sealed record Request(
        string Model, Passage Passage, string? Answer, string? Versus, int? Position, int Top,
        bool Paths)
        : SubjectRequest(Model);

    /// <summary>A token that is asked about.</summary>
    internal sealed record Answer(string Token, int Id, double Probability);

    /// <summary>A logit and its parts, as <see cref="LogitAttribution"/>.</summary>
    internal sealed record Attributed(
        IReadOnlyList<NamedToken> Tokens, int Position, Answer Target, Answer? Versus, double Total,
        double Embed, double? Positions, double Bias, BiasParts Biases, double[] Attn, double[] Mlp,
        double[][] Heads, IReadOnlyDictionary<string, double[]> Sources, string Norm,
        double? Residual, [property: JsonIgnore] LogitAttribution Split);

    public static Command Create()
    {
        var passage = new PassageArgument();
        var answer = CommonOptions.Of<string?>(
            "--answer", "The token whose logit is split, leading space included, or #5 [default: "
            + "the likeliest]", "TOKEN");
        var versus = CommonOptions.Of<string?>(
            "--versus", "Competing token; its logit is subtracted", "TOKEN");
        var position = CommonOptions.Of<int?>(
            "--position", "Where it is predicted, from 0 [default: the last token]", "N");
        Option<int> top = CommonOptions.Count(
            "--top", "How many source tokens of a head, or paths, are named", 2, 50);
        var paths = CommonOptions.Of<bool>(
            "--paths", "Instead: the loss that direct path, heads and pairs of heads explain");
        return new Command("attribute", "Which parts write a prediction: heads and source tokens")
        {
            passage.Model, passage.Text, passage.Ids, answer, versus, position, top, paths,
            CommandPage.Html,
        }.Asks(
            Read, Of, Print,
            """vitrine attribute runs/2-layer "The Congress has power. The" --answer " Congress" """
                .TrimEnd(),
            "vitrine attribute runs/2-layer --ids 464,3162 --answer #423 --versus #307 --json");

        Request Read(ParseResult parse)
        {
            bool byPaths = parse.GetValue(paths);
            string idle = CommonOptions.Typed(parse, answer, versus, position);
            return byPaths && idle.Length > 0
                ? throw new RequestException(
                    $"--paths: it is about the loss of the whole passage; leave out {idle}.")
                : new Request(
                    parse.GetRequiredValue(passage.Model), passage.Read(parse),
                    parse.GetValue(answer), parse.GetValue(versus), parse.GetValue(position),
                    parse.GetValue(top), byPaths);
        }
    }

    /// <summary>Answers the request.</summary>
    public static Answer<object> Of(
        Subject subject, Request request, IProgress<AnalysisProgress>? progress = null,
        CancellationToken stop = default)
    {
        int[] tokens = request.Passage.Tokens(subject);
        if (request.Paths)
        {
            PathExpansion paths = Expand(subject, tokens);
            return new Answer<object>(
                paths, () => PageContent.Of(PathsSection.Of(paths), TokenVocabulary.Of(subject)));
        }

        if (request.Position is { } at && (at < 0 || at >= tokens.Length))
        {
            throw new RequestException(
                $"`position`: the passage has the positions 0 … {tokens.Length - 1}; got {at}.");
        }

        int? target = request.Answer is { } asked ? subject.Token(asked, "`answer`") : null;
        int? versus = request.Versus is { } second ? subject.Token(second, "`versus`") : null;
        var split = LogitAttribution.Of(subject.Model, tokens, target, versus, request.Position);
        if (split.Target == versus)
        {
            throw new RequestException(
                $"`versus`: {subject.Display(split.Target)} is the answer itself; name another "
                + "token.");
        }

        return new Answer<object>(
            new Attributed(
                NamedToken.Of(subject, split.Tokens), split.Position,
                new Answer(subject.Text(split.Target), split.Target, split.Probability),
                versus is { } other
                    ? new Answer(subject.Text(other), other, split.VersusProbability!.Value) : null,
                split.Total, split.Embed, split.Positions, split.Bias, split.Biases, split.Attn,
                split.Mlp, split.Heads, split.Sources, split.Norm, split.Residual, split),
            () => PageContent.Of(AttributionSection.Of(split), TokenVocabulary.Of(subject)));
    }

    private static PathExpansion Expand(Subject subject, int[] tokens)
    {
        TransformerConfig config = subject.Model.Config;
        return tokens.Length >= 2 && config.Layers > 0 && config.Norm.Kind == NormKind.None
            ? PathExpansion.Of(subject.Model, [tokens])
            : throw new RequestException(
                "`paths`: paths add up in models with attention layers and without norms, on at "
                + $"least 2 tokens; got {config.Layers} layers, norm {config.Norm.Kind}, "
                + $"{tokens.Length} tokens.");
    }

    private static void Print(Terminal terminal, Subject subject, Request request, object result)
    {
        if (result is PathExpansion paths)
        {
            Print(terminal, paths, Math.Max(FewestPaths, request.Top));
        }
        else if (result is Attributed attributed)
        {
            Print(terminal, subject, attributed.Split, request.Top);
        }
    }

    private static void Print(
        Terminal terminal, Subject model, LogitAttribution split, int top)
    {
        string last = model.Display(split.Tokens[^1]);
        string title = Asked(model, split.Target, split.Probability)
            + (split.Versus is { } other
                ? $" less {Asked(model, other, split.VersusProbability!.Value)}" : "");
        Table table = NumberTable.Titled($"{title} after {last}@{split.Position}", "part")
            .AddNumbers("logits").AddColumn("from");
        table.AddRow("embedding", Numerals.Signed(split.Embed), Markup.Escape(last));
        if (split.Positions is { } positions)
        {
            table.AddRow("positions", Numerals.Signed(positions), $"position {split.Position}");
        }

        table.AddRow("biases", Numerals.Signed(split.Bias), "");
        var parts = new List<(string Name, double Value, Head? Head)>();
        for (int layer = 0; layer < split.Heads.Length; layer++)
        {
            parts.AddRange(split.Heads[layer].Select(
                (value, head) => ($"head {layer}.{head}", value, (Head?)new Head(layer, head))));
            if (split.Mlp.Length > 0)
            {
                parts.Add(($"MLP {layer}", split.Mlp[layer], null));
            }
        }

        var shown = parts.Count <= MostParts ? parts.ToHashSet()
            : parts.OrderByDescending(part => Math.Abs(part.Value)).Take(MostParts).ToHashSet();
        foreach ((string Name, double Value, Head? Head) part in parts.Where(shown.Contains))
        {
            table.AddRow(
                part.Name, Numerals.Signed(part.Value),
                part.Head is { } one ? Markup.Escape(Sources(model, split, one, top)) : "");
        }

        if (parts.Count > shown.Count)
        {
            table.AddRow(
                $"{parts.Count - shown.Count} others",
                Numerals.Signed(parts.Except(shown).Sum(part => part.Value)), "");
        }

        terminal.Tables.Write(table);
        string positional =
            split.Positions is { } added ? $" positions {Numerals.Signed(added)}" : "";
        string whole = split.Versus is null ? "logit" : "logit difference";
        double sum = split.Embed + (split.Positions ?? 0) + split.Bias + split.Attn.Sum()
            + split.Mlp.Sum();
        string mlps = split.Mlp.Length > 0 ? $" MLPs {Numerals.Signed(split.Mlp.Sum())}" : "";
        terminal.Say(
            $"embedding {Numerals.Signed(split.Embed)}{positional} biases "
            + $"{Numerals.Signed(split.Bias)} attention {Numerals.Signed(split.Attn.Sum())}{mlps} = "
            + $"{Numerals.Signed(sum)} · {whole} {Numerals.Signed(split.Total)}, residual "
            + Numerals.Tiny(split.Residual ?? 0)
            + (split.Norm == "frozen" ? "; the final norm's scale is frozen." : "."));
    }

    private static string Asked(Subject model, int token, double probability) =>
        $"{model.Display(token)} (p {Numerals.Weight(probability)})";

    private static string Sources(Subject model, LogitAttribution split, Head head, int top)
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

    private static void Print(Terminal terminal, PathExpansion paths, int top)
    {
        Table orders = NumberTable.Titled(
            $"Loss of {paths.Tokens} tokens by paths (nats per token)", "paths")
            .AddNumbers("terms", "loss", "gain", "per term");
        foreach (PathOrder row in paths.Orders.Concat(paths.Layers))
        {
            orders.AddRow(
                row.Name,
                row.Terms > 0 ? $"{row.Terms:N0}" : "–",
                $"{row.Loss:F3}",
                row.Name == "uniform" ? "–" : Numerals.Signed(row.Gain, 3),
                row.GainPerTerm is { } each ? Numerals.Signed(each, 4) : "–");
        }

        terminal.Tables.Write(orders);
        Table terms = NumberTable.Titled("Single paths", "path").AddNumbers("logits");
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

        terminal.Tables.Write(terms);
        terminal.Say(
            "Patterns are frozen; each row of the first table adds its paths to those above "
            + "it, rows of single layers to the direct path. Single paths: what each adds to "
            + "the logit of the token that comes, on average. All sum to the model within "
            + $"{Numerals.Tiny(paths.Residual ?? 0)} of the stream's largest value.");
    }
}
