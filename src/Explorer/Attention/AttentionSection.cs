using Vitrine.Interp;
using Vitrine.Interp.Attention;
using Vitrine.Interp.Heads;

namespace Vitrine.Explorer;

/// <summary>Where heads look, as a section: text, map and all heads small.</summary>
internal static class AttentionSection
{
    /// <summary>The section. Its finding is the strongest look back at the token that comes next in
    /// truth; where there is none, the strongest look at any earlier token.</summary>
    /// <param name="passages">The passages with their names, as they were read.</param>
    /// <param name="heads">Kinds and scores of the heads; null for none.</param>
    /// <exception cref="ArgumentException">There is no passage.</exception>
    public static ReportSection Of(
        IReadOnlyList<(string Name, PassageAttention Attention)> passages,
        HeadTable? heads = null) => Of(passages, heads, null);

    /// <inheritdoc cref="Of(IReadOnlyList{ValueTuple{string, PassageAttention}}, HeadTable?)"/>
    /// <param name="passages">The passages with their names, as they were read.</param>
    /// <param name="heads">Kinds and scores of the heads; null for none.</param>
    /// <param name="timeline">The passages at checkpoints; null for one checkpoint.</param>
    internal static ReportSection Of(
        IReadOnlyList<(string Name, PassageAttention Attention)> passages,
        HeadTable? heads,
        IReadOnlyList<AttentionCheckpoint>? timeline)
    {
        if (passages.Count == 0)
        {
            throw new ArgumentException(
                "AttentionSection: needs at least one passage; got none.",
                nameof(passages));
        }

        var look = StrongestLook.Of(passages);
        AttentionPassage[] packed =
        [
            .. passages.Select(one => AttentionPassages.Of(one.Name, one.Attention)),
        ];
        bool several = passages[0].Attention.Layers.Sum(layer => layer.Heads) > 1;
        return new ReportSection
        {
            Key = "attention",
            Name = "Attention",
            Heading = several ? "Where do the heads attend?" : "Where does the head attend?",
            Finding = AttentionFindings.Of(look, several),
            Component = "vt-attention",
            Data = new AttentionView
            {
                Passages = packed,
                Initial =
                    look.Weight > 0
                        ? new AttentionOpening(look.Passage, $"{look.Head}", look.Query, look.Key)
                        : null,
                Kinds = heads is null ? null : Kinds(heads),
                Scores = heads is null ? null : Scores(heads),
                Timeline = timeline,
            },
            Caption = Caption(passages, packed),
            Table = Table(passages, look),
        };
    }

    private static string Name(HeadRow row) => $"{new Head(row.Layer, row.Head)}";

    /// <summary>The kind of each head that has one.</summary>
    internal static Dictionary<string, string> Kinds(HeadTable heads) =>
        heads.Rows.Where(row => row.Kinds.Count > 0)
            .ToDictionary(Name, row => string.Join(", ", row.Kinds));

    /// <summary>The scores by which heads can be sorted.</summary>
    internal static Dictionary<string, IReadOnlyDictionary<string, double>> Scores(
        HeadTable heads) =>
        new[]
        {
            (HeadScoreNames.PrefixMatching, "prefix matching"),
            (HeadScoreNames.PreviousToken, "previous token"),
        }
            .Concat(heads.Rows.SelectMany(row => row.Kinds)
                .Select(kind => (HeadTable.ScoreOf(kind), kind))
                .Where(one => one.Item1 != HeadScoreNames.PrefixMatching))
            .Distinct()
            .Where(score => heads.Rows.All(row => row.Scores.ContainsKey(score.Item1)))
            .ToDictionary(
                score => score.Item2,
                score =>
                    (IReadOnlyDictionary<string, double>)
                        heads.Rows.ToDictionary(Name, row => row.Scores[score.Item1].Value));

    private static Prose Caption(
        IReadOnlyList<(string Name, PassageAttention Attention)> passages,
        AttentionPassage[] packed)
    {
        double off = passages.Max(one => one.Attention.RowSumError);
        double stored = packed.Max(one => one.Measures["weight"].LargestError);
        return "Hover a token to preview its row; click to lock it, Esc to release it. Filled: the "
            + "locked query; outlined: the hovered key. Numbers under tokens: weights of at least "
            + "0.04, at most eight. Each row sums to 1; largest deviation "
            + $"{Numerals.Residual(off)}. Weights are stored to within "
            + $"{Numerals.Residual(stored)}.";
    }

    private static ReportTable? Table(
        IReadOnlyList<(string Name, PassageAttention Attention)> passages,
        StrongestLook look)
    {
        if (look.Weight == 0)
        {
            return null;
        }

        PassageAttention attention = passages.First(one => one.Name == look.Passage).Attention;
        int n = attention.Tokens.Length;
        float[] weight = attention.Layers[look.Head.Layer].Weight;
        int row = ((look.Head.Index * n) + look.Query) * n;
        return ReportTable.Of(
            [$"head {look.Head}, query {look.Query}, attends to", "position", "weight"],
            Enumerable.Range(0, look.Query + 1).OrderByDescending(k => weight[row + k]).Take(5),
            k =>
            [
                new Prose().Token(attention.Tokens[k]), Numerals.Count(k),
                Numerals.Score(weight[row + k]),
            ]);
    }
}
