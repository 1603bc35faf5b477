using Vitrine.Interp;
using Vitrine.Interp.Patching;

namespace Vitrine.Explorer;

/// <summary>What a model loses without some heads: a page, or a section of one.</summary>
internal static class AblationPage
{
    /// <summary>The page: some heads in every way of taking them out, beside as many others of
    /// their layers, and each head of the model by itself.</summary>
    /// <param name="heads">The heads that are asked about.</param>
    /// <param name="all">Every head of the model.</param>
    /// <param name="kind">What replaces their output.</param>
    /// <param name="texts">What they are ablated on.</param>
    public static PageContent Of(
        IReadOnlyList<Head> heads, IReadOnlyList<Head> all, AblationKind kind,
        params IReadOnlyList<AblationText> texts)
    {
        ReportSection section = Section(heads, all, kind, texts);
        AblationGroup[] groups = [.. ((AblationFigure)section.Data).Groups];
        return new PageContent(
            AblationFindings.Title(heads, groups[0]), section.Finding,
            [section with { Finding = AblationFindings.Ways(groups[0], heads.Count, all.Count) }]);
    }

    /// <summary>The section.</summary>
    /// <inheritdoc cref="Of" path="/param"/>
    public static ReportSection Section(
        IReadOnlyList<Head> heads, IReadOnlyList<Head> all, AblationKind kind,
        params IReadOnlyList<AblationText> texts)
    {
        AblationGroup[] groups = [.. texts.Select(text => text.Without(heads, all, kind))];
        var figure = new AblationFigure(
            groups,
            Spread: texts.Any(HasSpread)
                ? $"95% over {string.Join(" and ", texts.Where(HasSpread)
                    .Select(text => $"{text.Trials.Sequences} {text.Pieces}"))}"
                : null);
        return new ReportSection
        {
            Key = "ablation",
            Name = "Ablations",
            Heading = "What breaks without it?",
            Finding = AblationFindings.Of(heads, groups),
            Component = "vt-ablation",
            Data = figure,
            Caption = "A head is ablated at its z: zero writes nothing, mean writes the head’s "
                + $"mean over {Means(texts)}, and resample writes its output at the same position "
                + "of another sequence. Later heads read the changed residual stream."
                + (groups.Any(group => group.Rows.Any(row => row.Others))
                    ? " Grey: the same number of other heads in the same layers, with the ablation "
                        + "of the first row." : ""),
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

    /// <summary>What means are taken over.</summary>
    private static string Means(IReadOnlyList<AblationText> texts) =>
        texts.Select(text => text.Trials.Means).FirstOrDefault() is { } means
            ? $"{means.Over} ({Numerals.Count(means.Tokens)} tokens)" : "these sequences";

    private static bool HasSpread(AblationText text) => text.Trials.Intact.Low is not null;

    /// <summary>The row's name, a single head as a link.</summary>
    private static Prose Named(AblationRow row) => row.Heads is [var head]
        ? new Prose("head ").Head(head).Text(row.Name[$"head {head}".Length..]) : row.Name;

}
