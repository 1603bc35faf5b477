using System.Globalization;
using Vitrine.Interp;
using Vitrine.Interp.AttentionOnly;
using Vitrine.Interp.Circuits;
using Vitrine.Interp.Embeddings;
using Vitrine.Interp.Heads;
using Vitrine.Interp.Induction;
using Vitrine.Interp.ZeroLayer;
using Vitrine.Models;
using Vitrine.Tensors;

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
                : $"{Layers(report.Model.Config.Layers)} layers of attention: " + (analysis.Induction.Found
                    ? "an induction circuit, taken apart" : "no induction circuit found"),
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
                PhaseChangeFigure.Of(phase, report.Film, report.FilmSize), Formed(phase),
                phase.Method);
        }

        if (analysis.Induction is { } circuit)
        {
            yield return Section(
                "induction", "Induction", circuit.Title, "vt-induction-circuit", circuit,
                Of(findings, circuit.Kind), circuit.Method);
        }

        yield return HeadsSection.Of(analysis.Heads);
        yield return AttentionSection.Of(
            [.. analysis.Attention.Select(passage => (passage.Name, passage.Attention))], analysis.Heads);
        yield return AttributionSection.Of(analysis.Attribution);
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
        if (report.Model.Config is { Norm: NormKind.None, AttentionBiases: false })
        {
            yield return Tokens(report);
        }

        SkipTrigramTable[] tables = [.. analysis.Circuits.Heads.Select(head => head.SkipTrigrams)];
        yield return Section(
            "skip-trigrams", "Skip-trigrams", tables[0].Title, "vt-skip-trigrams",
            new SkipTrigramFigure(tables), Of(findings, tables[0].Kind), tables[0].Method);
        if (analysis.Circuits.Check is { } check)
        {
            yield return Section(
                "check", "Tried", check.Title, "vt-trigram-check", check, Of(findings, check.Kind),
                check.Method);
        }

        if (analysis.Paths is { } paths)
        {
            yield return Section(
                "paths", "Paths", paths.Title, "vt-paths", paths, Of(findings, paths.Kind), paths.Method);
        }

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

    private static string Layers(int layers) =>
        layers == 2 ? "Two" : layers.ToString(CultureInfo.InvariantCulture);

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

    private static Prose Formed(PhaseChange phase) => phase.Abrupt is { } jump
        ? $"Prefix matching of head {phase.Head} rises from below 0.1 to above 0.25 between step {jump.From:N0} and "
            + $"step {jump.To:N0} of {phase.Steps[^1]:N0}."
        : "No head's prefix matching rises from below 0.1 to above 0.25 in this run.";

    /// <summary>The circuits of every head for any token, computed in the page from weights of one
    /// byte.</summary>
    private static ReportSection Tokens(AttentionOnlyReport report)
    {
        Transformer model = report.Model;
        var arrays = new Dictionary<string, PackedArray>();
        Add("W_E", QuantisedMatrix.Of(model.Embed.W_E.Value));
        Add("W_U", QuantisedMatrix.Of(model.Unembed.W_U.Value.Transpose()));
        using var reading = new HeadReading(model);
        foreach (Head head in reading.Heads)
        {
            HeadWeights weights = reading[head];
            using Tensor<float> qk = Ops.MatMul(
                weights.W_Q, weights.W_K.Transpose(), weights.AttentionScale);
            using Tensor<float> ov = Ops.MatMul(weights.W_V, weights.W_O);
            arrays[$"QK.{head}"] = PackedArray.Of(qk.Span);
            arrays[$"OV.{head}"] = PackedArray.Of(ov.Span);
        }

        CircuitAnalysis circuits = report.Analysis.Circuits;
        return new ReportSection
        {
            Key = "tokens",
            Name = "Tokens",
            Heading = "What does a token attend to, and what does attending to it write?",
            Component = "vt-circuit-token",
            Data = CircuitTokenFigure.Of(circuits, report.Analysis.Tokens) with
            {
                DModel = model.Config.DModel,
            },
            Arrays = arrays,
            Finding = $"Among {circuits.Searched:N0} tokens that the text has at least {circuits.MinCount} times; "
                + $"{circuits.LeftOut:N0} are left out of the largest entries, since rows never trained are noise.",
            Caption = $"{circuits.Method} Tables of any token are computed in the page from embeddings of one byte a "
                + "weight with a scale a row; the examples are exact.",
        };

        void Add(string name, QuantisedMatrix matrix)
        {
            arrays[name] = PackedArray.Of(matrix.Values);
            arrays[$"{name}.scale"] = PackedArray.Of(matrix.Scales);
        }
    }

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
