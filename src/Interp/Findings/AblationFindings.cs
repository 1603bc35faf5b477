using Vitrine.Interp.Patching;

namespace Vitrine.Interp.Findings;

/// <summary>What a model loses without some heads.</summary>
internal static class AblationFindings
{
    /// <summary>What replaces the heads' output, in a word.</summary>
    public static string Way(AblationKind kind) => $"{kind}".ToLowerInvariant();

    /// <summary>The change in loss without them, in a line.</summary>
    public static string Title(IReadOnlyList<Head> heads, AblationGroup group)
    {
        double change = group.Rows[0].Value - group.Intact;
        return $"Without {AblationText.Named(heads)} the loss "
            + $"{(change >= 0 ? "rises" : "falls")} by {Numerals.Score(Math.Abs(change))} nats "
            + $"({Way(group.Kind)} ablation)";
    }

    /// <summary>The kinds of ablation compared, and the single head that costs most.</summary>
    public static Prose Ways(AblationGroup group, int heads, int all)
    {
        string[] ways =
        [
            .. group.Rows.TakeWhile(row => !row.Others && !row.Name.Contains(
                "alone", StringComparison.Ordinal))
                .Select(row => row.Name.Split(", ")[^1] + " "
                    + Numerals.Signed(row.Value - group.Intact)),
        ];
        var said = new Prose($"Change by kind of ablation: {string.Join(", ", ways)}. ");
        string way = Way(group.Kind);
        AblationRow? most = group.Rows.Where(row => row.Heads.Count == 1
            && row.Name.EndsWith($", {way}", StringComparison.Ordinal)).MaxBy(row => row.Value);
        return all > heads && most is not null
            ? said.Text("The single head with the largest cost is ").Head(most.Heads[0])
                .Text($" ({way}), {Numerals.Signed(most.Value - group.Intact)}.")
            : said;
    }

    /// <summary>The loss with and without them on each text, compared with the loss without other
    /// heads.</summary>
    public static Prose Of(IReadOnlyList<Head> heads, IReadOnlyList<AblationGroup> groups)
    {
        Prose said = new Prose("Without ").Heads([.. heads.Select(head => head.ToString())]);
        for (int i = 0; i < groups.Count; i++)
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
