using Vitrine.Interp;
using Vitrine.Interp.Heads;
using Vitrine.Interp.Losses;
using Vitrine.Interp.Patching;
using Vitrine.Models;

namespace Vitrine.Explorer;

/// <summary>What a model loses without some heads: a page, or a section of one.</summary>
internal static class AblationPage
{
    /// <summary>The page: some heads in every way of taking them out, beside as many others of
    /// their layers, and each head of the model by itself.</summary>
    /// <param name="heads">The heads that are asked about.</param>
    /// <param name="all">Every head of the model.</param>
    /// <param name="texts">What they are taken out on.</param>
    public static PageContent Of(
        IReadOnlyList<Head> heads, IReadOnlyList<Head> all,
        params IReadOnlyList<AblationText> texts)
    {
        ReportSection section = Section(heads, all, texts);
        AblationGroup[] groups = [.. ((AblationFigure)section.Data).Groups];
        return new PageContent(
            Title(heads, groups[0]), section.Finding,
            [section with { Finding = Ways(groups[0], heads.Count, all.Count) }]);
    }

    /// <summary>The section.</summary>
    /// <inheritdoc cref="Of" path="/param"/>
    public static ReportSection Section(
        IReadOnlyList<Head> heads, IReadOnlyList<Head> all,
        params IReadOnlyList<AblationText> texts)
    {
        Head[] others = Others(heads, all);
        AblationGroup[] groups = [.. texts.Select(text => Group(text, heads, others, all))];
        var figure = new AblationFigure(
            groups,
            Spread: texts.Any(text => text.Trials.Sequences > 1)
                ? $"95% over {string.Join(" and ", texts.Where(text => text.Trials.Sequences > 1)
                    .Select(text => $"{text.Trials.Sequences} {text.Pieces}"))}"
                : null);
        return new ReportSection
        {
            Key = "ablation",
            Name = "Ablations",
            Heading = "What breaks without it?",
            Finding = Finding(heads, groups),
            Component = "vt-ablation",
            Data = figure,
            Caption = "A head is taken out at its z: zero writes nothing, mean the head’s mean "
                + "over these sequences, resample what it writes at the same place of another "
                + "sequence. Heads behind it read the changed stream."
                + (others.Length > 0
                    ? " Grey: as many other heads of the same layers, by their mean." : ""),
            Table = ReportTable.Of(
                ["text", "without", "loss", "change"],
                groups.SelectMany(group => group.Rows.Select(row => (group, row))),
                one =>
                [
                    one.group.Name, Named(one.row), Numerals.Score(one.row.Value),
                    Numerals.Signed(one.row.Value - one.group.Intact),
                ]),
        };
    }

    /// <summary>The row's name, a single head as a link.</summary>
    private static Prose Named(AblationRow row) => row.Heads is [var head]
        ? new Prose("head ").Head(head).Text(row.Name[$"head {head}".Length..]) : row.Name;

    private static AblationGroup Group(
        AblationText text, IReadOnlyList<Head> heads, Head[] others, IReadOnlyList<Head> all)
    {
        AblationTrials trials = text.Trials;
        string named = Named(heads);
        var rows = new List<AblationRow>();
        foreach (AblationKind kind in Kinds(trials))
        {
            rows.Add(Row($"{named}, {Word(kind)}", trials.Without(heads, kind), trials.Intact));
        }

        if (others.Length > 0)
        {
            AblationTrial without = trials.Without(others, AblationKind.Mean);
            rows.Add(Row($"{Named(others)}, mean", without, trials.Intact) with { Others = true });
        }

        Head[] alone = [.. all.Where(head => !(heads.Count == 1 && heads[0] == head)
            && !(others.Length == 1 && others[0] == head))];
        rows.AddRange(alone.Select(head => Row(
            $"head {head} alone, mean", trials.Without([head], AblationKind.Mean), trials.Intact)));
        return new AblationGroup(text.Name, trials.Intact.Value, rows, text.Reference);
    }

    /// <summary>The loss at the intact one and the paired interval: what is common to all sequences
    /// cancels.</summary>
    private static AblationRow Row(string name, AblationTrial trial, LossEstimate intact) => new(
        name, [.. trial.Heads.Select(head => head.ToString())], trial.Without.Value,
        trial.Increase.Low is { } low ? intact.Value + low : null,
        trial.Increase.High is { } high ? intact.Value + high : null);

    private static IEnumerable<AblationKind> Kinds(AblationTrials trials) =>
        trials.Sequences > 1
            ? [AblationKind.Mean, AblationKind.Zero, AblationKind.Resample]
            : [AblationKind.Mean, AblationKind.Zero];

    private static string Named(IReadOnlyList<Head> heads) =>
        heads.Count == 1 ? $"head {heads[0]}" : $"heads {string.Join(", ", heads)}";

    private static string Word(AblationKind kind) => $"{kind}".ToLowerInvariant();

    /// <summary>As many other heads of the same layers; none where there are not as many.</summary>
    private static Head[] Others(IReadOnlyList<Head> heads, IReadOnlyList<Head> all)
    {
        Head[] others =
        [
            .. heads.GroupBy(head => head.Layer).SelectMany(layer =>
                all.Where(head => head.Layer == layer.Key).Except(layer).Take(layer.Count())),
        ];
        return others.Length == heads.Count ? others : [];
    }

    private static string Title(IReadOnlyList<Head> heads, AblationGroup group)
    {
        double change = group.Rows[0].Value - group.Intact;
        return $"Without {Named(heads)} the loss {(change >= 0 ? "rises" : "falls")} by "
            + $"{Numerals.Score(Math.Abs(change))} nats";
    }

    /// <summary>The ways of taking the heads out beside each other, and the head whose loss alone
    /// costs most.</summary>
    private static Prose Ways(AblationGroup group, int heads, int all)
    {
        string[] ways =
        [
            .. group.Rows.TakeWhile(row => !row.Others && !row.Name.Contains(
                "alone", StringComparison.Ordinal))
                .Select(row => row.Name.Split(", ")[^1] + " "
                    + Numerals.Signed(row.Value - group.Intact)),
        ];
        var said = new Prose($"By {string.Join(", by ", ways)}. ");
        AblationRow? most = group.Rows.Where(row => row.Heads.Count == 1
            && row.Name.EndsWith(", mean", StringComparison.Ordinal)).MaxBy(row => row.Value);
        return all > heads && most is not null
            ? said.Text("Of single heads ").Head(most.Heads[0])
                .Text($" costs most by its mean, {Numerals.Signed(most.Value - group.Intact)}.")
            : said;
    }

    private static Prose Finding(IReadOnlyList<Head> heads, AblationGroup[] groups)
    {
        Prose said = new Prose("Without ").Heads([.. heads.Select(head => head.ToString())]);
        for (int i = 0; i < groups.Length; i++)
        {
            AblationGroup group = groups[i];
            said.Text(i > 0 ? "; on " : " the loss on ").Text(group.Name)
                .Text(group.Name.Contains(',', StringComparison.Ordinal) ? "," : "")
                .Text(i > 0 ? " it goes from " : " goes from ")
                .Text($"{Numerals.Score(group.Intact)} to {Numerals.Score(group.Rows[0].Value)}");
            if (group.Rows.FirstOrDefault(row => row.Others) is { } others)
            {
                said.Text(", without ").Heads(others.Heads)
                    .Text($" to {Numerals.Score(others.Value)}");
            }

            if (group.Reference is { } reference)
            {
                said.Text($" ({reference.Name} {Numerals.Score(reference.Value)})");
            }
        }

        return said.Text(" nats per token.");
    }
}

/// <summary>A text on which heads are taken out.</summary>
/// <param name="Name">What it is: <c>random repeats, second copy</c>.</param>
/// <param name="Trials">The whole model on it.</param>
/// <param name="Reference">Another loss to compare with.</param>
/// <param name="Pieces">What its sequences are called.</param>
internal sealed record AblationText(
    string Name, AblationTrials Trials, AblationReference? Reference = null,
    string Pieces = "sequences")
{
    /// <summary>The second copy of repeated tokens, beside the loss of the first.</summary>
    /// <param name="model">The model; borrowed.</param>
    /// <param name="tokens">The sequences.</param>
    public static AblationText Of(Transformer model, RepeatedTokens tokens)
    {
        RepeatLoss? whole = HeadScores.OnRepeatedTokens(model, tokens, copying: false).Repeats;
        return new AblationText(
            "random repeats, second copy", AblationTrials.Of(model, tokens),
            new AblationReference("first copy", whole!.First));
    }
}
