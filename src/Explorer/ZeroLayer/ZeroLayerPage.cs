using System.Globalization;
using Vitrine.Interp.Bigrams;
using Vitrine.Interp.Embeddings;
using Vitrine.Interp.Losses;

namespace Vitrine.Explorer;

/// <summary>The page of the 0-layer experiment as it reads without JavaScript.</summary>
internal static class ZeroLayerPage
{
    /// <summary>The first part of the page's addresses.</summary>
    public const string Kind = "0-layer";

    /// <summary>The title.</summary>
    public const string Title = "Zero layers: a table of bigrams";

    private const string Matrices =
        "<span class=\"matrix\">W<sub>E</sub></span><span class=\"matrix\">W<sub>U</sub></span>";

    /// <summary>Everything inside <c>main</c>.</summary>
    public static string Body(ZeroLayerReport report)
    {
        var html = new Markup();
        html.Element("h1", Title).Raw("<p class=\"lead\">").Raw(Lead(report)).Raw("</p>");
        html.Raw("<p class=\"notice\" role=\"status\"></p>").Raw(Facts(report.Run));
        Section(
            html,
            "tokens",
            "Token tables",
            "What follows a token, and what predicts it?",
            ZeroLayerTables.Finding(report),
            () =>
            {
                html.Raw("<div class=\"figure-box\"><div class=\"tables\">")
                    .Raw(ZeroLayerTables.First(report))
                    .Raw("</div></div>");
                html.Raw("<p class=\"caption\">")
                    .Text(TableCaption(report))
                    .Raw("</p>")
                    .Raw(ZeroLayerTables.Others(report));
            });
        Section(
            html,
            "map",
            "Embedding map",
            "Which tokens does the model hold alike?",
            NeighbourFinding(report),
            () =>
                html.Raw("<div class=\"figure-box\"><vt-embedding-map></vt-embedding-map></div>")
                    .Raw(
                        "<p class=\"caption static-only\">The maps are drawn by JavaScript, which "
                            + "is off or not supported here.</p>"));
        Section(
            html,
            "loss",
            "Loss",
            "How good is it, and when did it get there?",
            LossFinding(report),
            () =>
                html.Raw("<div class=\"figure-box\"><vt-loss>")
                    .Raw(LossTable(report))
                    .Raw("</vt-loss></div>")
                    .Raw("<p class=\"caption\">")
                    .Text(LossCaption(report))
                    .Raw("</p>"));
        return html.Raw("<footer>").Text(Footer(report.Run)).Raw("</footer>").ToString();
    }

    /// <summary>The sections, for the contents: key and name.</summary>
    public static IReadOnlyList<(string Key, string Name)> Sections { get; } =
    [("tokens", "Token tables"), ("map", "Embedding map"), ("loss", "Loss")];

    private static void Section(
        Markup html,
        string key,
        string name,
        string question,
        string finding,
        Action figure)
    {
        html.Raw(
                $"<section id=\"/{Kind}/{key}\" data-key=\"{key}\" data-name=\"{name}\"><div "
                    + "class=\"section-head\">")
            .Element("h2", question)
            .Raw("<div class=\"tools\"></div></div><p class=\"finding\">")
            .Raw(finding)
            .Raw("</p>");
        figure();
        html.Raw("</section>");
    }

    private static string Lead(ZeroLayerReport report)
    {
        LossComparison losses = report.Analysis.Losses;
        FollowerScore followers = report.Analysis.Followers;
        double gap = losses.AboveBigram.Value;
        string loss = Number(Numerals.Score(losses.HeldOut.Value) + " nats", "loss");
        string difference = Numerals.Score(Math.Abs(gap));
        string compared = difference == Numerals.Score(0)
            ? Number("as much as", "loss")
            : $"{Number(difference, "loss")} {(gap >= 0 ? "above" : "below")}";
        string share = Number(Numerals.Percent(followers.ModelShare, 0), "tokens");
        return "With no attention, a token can only predict the next one through two matrices, "
            + $"{Matrices}. This model reaches {loss} on held-out text, {compared} a "
            + "Kneser–Ney bigram model of the same training text, and has the true follower among "
            + $"its top five for {share} of the {InWords(followers.Pairs)} commonest bigrams; the "
            + $"text’s own top five hold {Numerals.Percent(followers.CorpusShare, 0)}.";
    }

    private static string InWords(int count) => count == 1000 ? "thousand" : Numerals.Count(count);

    private static string Number(string text, string section) =>
        $"<a href=\"#/{Kind}/{section}\">{text}</a>";

    private static string Facts(RunFacts run)
    {
        var html = new Markup().Raw("<dl class=\"facts\">");
        void Fact(string name, string value) =>
            html.Raw($"<div><dt>{name}</dt><dd>").Text(value).Raw("</dd></div>");
        Fact("d<sub>model</sub>", Numerals.Count(run.DModel));
        Fact("vocabulary", Numerals.Count(run.VocabularySize));
        Fact("parameters", Numerals.Rounded(run.Parameters));
        Fact("trained on", $"{run.Corpus}, {Numerals.Rounded(run.TrainTokens)} tokens");
        Fact("steps", Numerals.Count(run.Steps));
        Fact("seed", run.Seed.ToString(CultureInfo.InvariantCulture));
        Fact("time", Numerals.Duration(run.Seconds));
        if (run.Commit is not null)
        {
            Fact("commit", run.Commit);
        }

        return html.Raw("</dl>").ToString();
    }

    private static string TableCaption(ZeroLayerReport report)
    {
        LogitError error = report.Analysis.LogitError;
        return "Probability from softmax over the full vocabulary. The raw logit alone favours "
            + "rare "
            + "tokens; lift = p(token | input) ÷ p(token), so for one token it ranks as p does. "
            + "Counts "
            + "are from the training text; below 5 they are pale. "
            + $"All {Numerals.Count(report.Vocabulary.Size)} tokens are ranked, with weights of "
            + "one "
            + $"byte: a logit is off by {Numerals.Error(error.RootMeanSquare)} nats (root mean "
            + "square; "
            + $"at most {Numerals.Error(error.Largest)} in {Numerals.Count(error.Sampled)} pairs). "
            + $"The first rows of {Numerals.Count(report.Analysis.Examples.Count)} tokens are "
            + "exact.";
    }

    private static string NeighbourFinding(ZeroLayerReport report)
    {
        if (report.Analysis.Neighbours.Count == 0)
        {
            return "No neighbours were asked for.";
        }

        NeighbourScore score = report.Analysis.Neighbours[0];
        string own =
            $"{Numerals.Percent(score.SameClassShare, 0)} of the {Numerals.Count(score.Tokens)} "
                + "commonest tokens have one of their own class"
            + (
                score.Baseline is { } chance
                    ? $", where chance gives {Numerals.Percent(chance, 0)}."
                    : ".");
        if (score.Groups.Count == 0)
        {
            return "By nearest neighbour, " + own;
        }

        NeighbourGroup first = score.Groups[0];
        string[] others =
        [
            .. score
                .Groups.Skip(1)
                .Select(group =>
                    $"{Markup.Escape(group.Name)}s {group.WithMemberNearest} of "
                        + $"{group.Members.Count}"),
        ];
        string more = others.Length > 0 ? $" ({string.Join(", ", others)})" : "";
        string name = Markup.Escape(first.Name);
        string have = first.WithMemberNearest == 1 ? "has" : "have";
        return $"Of the {first.Members.Count} {name}s, {first.WithMemberNearest} {have} another "
            + $"{name} "
            + $"as nearest neighbour{more}; {own}";
    }

    private static string LossFinding(ZeroLayerReport report)
    {
        LossComparison losses = report.Analysis.Losses;
        double gain = losses.UnigramHeldOut.Value - losses.HeldOut.Value;
        double gap = losses.AboveBigram.Value;
        string spread = losses.AboveBigram is { High: { } high, Low: { } low }
            ? $" ± {Numerals.Score((high - low) / 2)}"
            : "";
        string said = $"It is {Numerals.Score(Math.Abs(gain))} nats "
            + $"{(gain >= 0 ? "better" : "worse")} "
            + $"than frequency alone, and {Numerals.Score(Math.Abs(gap))}{spread} "
            + $"({Numerals.Percent(Math.Abs(losses.RelativeToBigram))}) "
            + $"{(gap >= 0 ? "above" : "below")} the bigram model.";
        IReadOnlyList<HeldOutPoint> seen = report.Loss.HeldOut;
        if (seen.Count < 3 || seen[0].Value <= seen[^1].Value)
        {
            return said;
        }

        double nearly = seen[^1].Value + (0.1 * (seen[0].Value - seen[^1].Value));
        int step = seen.First(one => one.Value <= nearly || one == seen[^1]).Step;
        return $"{said} Nine tenths of the fall were done by step {Numerals.Count(step)} of "
            + $"{Numerals.Count(report.Run.Steps)}.";
    }

    private static string LossTable(ZeroLayerReport report)
    {
        var html = new Markup().Raw(
            "<table class=\"static-only\"><thead><tr><th scope=\"col\">model</th><th scope=\"col\" "
                + "class=\"n\">held-out loss, nats</th><th scope=\"col\" "
                + "class=\"n\">perplexity</th></tr></thead><tbody>");
        void Row(string name, double loss) =>
            html.Raw("<tr><td>")
                .Text(name)
                .Raw(
                    $"</td><td class=\"n\">{Numerals.Score(loss)}</td><td "
                        + $"class=\"n\">{Numerals.Count(Math.Exp(loss))}</td></tr>");
        Row("this model", report.Analysis.Losses.HeldOut.Value);
        foreach (ReferenceLoss reference in report.Loss.References)
        {
            Row(reference.Name, reference.Value);
        }

        return html.Raw("</tbody></table>").ToString();
    }

    private static string LossCaption(ZeroLayerReport report)
    {
        LossEstimate heldOut = report.Analysis.Losses.HeldOut;
        string interval = heldOut is { High: { } high, Low: { } low }
            ? $", 95% over {heldOut.Documents} documents ± {Numerals.Score((high - low) / 2)} nats"
            : "";
        return "Reference lines are fitted to the same training text and measured on the same "
            + "held-out documents. "
            + $"Held-out: the last point is over all {Numerals.Count(heldOut.Tokens)} "
            + $"tokens{interval}; those before are over a fixed sample of them. "
            + "The slider moves the shared checkpoint; tables and maps are of the last one.";
    }

    private static string Footer(RunFacts run) =>
        $"Vitrine, run {run.Name}: {Numerals.Count(run.TrainTokens)} training tokens, "
            + $"{Numerals.Count(run.HeldOutTokens)} held out. "
        + "This file is complete in itself and asks the network for nothing.";
}
