using Vitrine.Interp.AttentionOnly;
using Vitrine.Interp.Circuits;
using Vitrine.Interp.Heads;
using Vitrine.Interp.Induction;
using Vitrine.Interp.ZeroLayer;

namespace Vitrine.Explorer;

/// <summary>The page of an attention-only run: questions, answers computed from the data, and
/// figures.</summary>
public static class AttentionOnlyPage
{
    /// <summary>The page.</summary>
    public static ReportPage Of(AttentionOnlyReport report)
    {
        AttentionOnlyAnalysis analysis = report.Analysis;
        IReadOnlyList<Finding> findings = AttentionOnlyFindings.Of(analysis);
        return new ReportPage
        {
            Kind = report.Kind,
            Name = report.Name,
            Title = analysis.Induction is null
                ? "One layer of attention: skip-trigrams and copying"
                : analysis.Induction.Found
                    ? "Two layers of attention: an induction circuit, taken apart"
                    : "Two layers of attention: no induction circuit found",
            Lead = Join(findings.Take(2)),
            Facts = report.Facts,
            Vocabulary = report.Vocabulary,
            TokenCounts = report.TokenCounts,
            Signature = $"{report.Name}, {report.Kind}, trained on {Words(report.Data)}",
            Checkpoints = report.Loss.Checkpoints,
            Sections = [.. Sections(report, findings)],
        };
    }

    private static IEnumerable<ReportSection> Sections(
        AttentionOnlyReport report, IReadOnlyList<Finding> findings)
    {
        AttentionOnlyAnalysis analysis = report.Analysis;
        if (report.Phase is { } phase)
        {
            yield return Section(
                "formation", "Formation", "When did the circuit form?", "vt-phase-change",
                FigureOf(phase, report), Formed(phase), phase.Method);
        }

        if (analysis.Induction is { } circuit)
        {
            yield return Section(
                "induction", "Induction", circuit.Title, "vt-induction-circuit", circuit,
                Of(findings, circuit.Kind), circuit.Method);
        }

        yield return Section(
            "heads", "Heads", analysis.Heads.Title, "vt-heads",
            new HeadsView { Rows = analysis.Heads.Rows, Method = analysis.Heads.Method },
            Of(findings, analysis.Heads.Kind), analysis.Heads.Method);
        yield return Section(
            "attention", "Attention", "Where does each head look?", "vt-attention", View(analysis),
            "Hover a token to see what it attends to; click to lock it.",
            analysis.Attention[0].Attention.Method);
        if (analysis.Circuits.Composition is { } composition)
        {
            yield return Section(
                "composition", "Composition", composition.Title, "vt-composition",
                CompositionFigure.Of(composition, Kinds(analysis.Heads)),
                Of(findings, composition.Kind), composition.Method);
        }

        Copying[] copying = [.. analysis.Circuits.Heads.Select(head => head.Copying)];
        yield return Section(
            "copying", "Copying", copying[0].Title, "vt-eigenvalues", new EigenvaluesFigure(copying),
            Of(findings, copying[0].Kind), copying[0].Method);
        SkipTrigramTable[] tables = [.. analysis.Circuits.Heads.Select(head => head.SkipTrigrams)];
        yield return Section(
            "skip-trigrams", "Skip-trigrams", tables[0].Title, "vt-skip-trigrams",
            new SkipTrigramFigure(tables),
            Join(findings.Where(finding => finding.Section.StartsWith("skip", StringComparison.Ordinal))),
            tables[0].Method);
        yield return Section(
            "attribution", "Attribution", analysis.Attribution.Title, "vt-attribution",
            analysis.Attribution,
            "A prediction of the first passage, split into what wrote it.",
            analysis.Attribution.Method);
        yield return Section(
            "paths", "Paths", analysis.Paths.Title, "vt-paths", analysis.Paths,
            Of(findings, analysis.Paths.Kind), analysis.Paths.Method);
        yield return Section(
            "loss", "Loss", analysis.Losses.Title, "vt-loss", report.Loss,
            Of(findings, analysis.Losses.Kind),
            $"{analysis.Losses.Method} The model saw {Words(report.Data)}.");
    }

    /// <summary>What a recipe's data are, in words.</summary>
    public static string Words(string data) => data switch
    {
        "mixture" => "text whose windows partly repeat themselves",
        "repeats" => "repeated random tokens",
        _ => "natural text",
    };

    private static ReportSection Section(
        string key, string name, string heading, string component, object data, Prose finding,
        string caption) => new()
        {
            Key = key,
            Name = name,
            Heading = heading,
            Component = component,
            Data = data,
            Finding = finding,
            Caption = caption,
        };

    private static PhaseChangeFigure FigureOf(PhaseChange phase, AttentionOnlyReport report) => new()
    {
        Steps = phase.Steps,
        Checkpoints = phase.Checkpoints,
        Series =
        [
            .. phase.Series.Select(one => new PhaseSeries(one.Head ?? one.Name, one.Panel, one.Values)
            {
                Head = one.Head,
                Steps = one.Steps,
            }),
        ],
        Panels = [.. phase.Series.Select(one => one.Panel).Distinct().Select(panel => new PhasePanel(panel))],
        Change = phase.Change is { } change ? new PhaseRise(change.From, change.To) : null,
        Size = report.FilmSize,
        Strip = report.Film,
        Head = phase.Head,
    };

    private static Prose Formed(PhaseChange phase) => phase.Abrupt is { } jump
        ? $"Prefix matching of head {phase.Head} rises from below 0.1 to above 0.25 between step {jump.From:N0} and "
            + $"step {jump.To:N0} of {phase.Steps[^1]:N0}."
        : "No head's prefix matching rises from below 0.1 to above 0.25 in this run.";

    private static AttentionView View(AttentionOnlyAnalysis analysis) => new()
    {
        Passages =
        [
            .. analysis.Attention.Select(passage => AttentionPassages.Of(passage.Name, passage.Attention)),
        ],
        Initial = analysis.Induction is { } circuit
            ? new AttentionOpening("random-repeats", circuit.Head) : null,
        Kinds = analysis.Heads.Rows.Where(row => row.Kinds.Count > 0)
            .ToDictionary(row => $"{row.Layer}.{row.Head}", row => row.Kinds[0]),
    };

    private static Dictionary<string, (string Kind, double Score)> Kinds(HeadTable heads) =>
        heads.Rows.Where(row => row.Kinds.Count > 0).ToDictionary(
            row => $"{row.Layer}.{row.Head}",
            row => (row.Kinds[0], row.Kinds[0] == "induction"
                ? row.Scores[HeadScoreNames.PrefixMatching].Value
                : row.Scores.Values.Max(score => score.Value)));

    private static Prose Of(IReadOnlyList<Finding> findings, string kind) =>
        Join(findings.Where(finding => finding.Section == kind));

    private static Prose Join(IEnumerable<Finding> findings) =>
        string.Join(" ", findings.Select(finding => finding.Text));
}
