using System.Globalization;
using Vitrine.Interp;
using Vitrine.Interp.Circuits;
using Vitrine.Interp.Heads;
using Vitrine.Interp.Induction;
using Vitrine.Interp.Patching;
using Vitrine.Interp.Studies;

namespace Vitrine.Explorer;

/// <summary>The page of an attention-only run: questions, answers computed from the data, and
/// figures.</summary>
internal static class AttentionOnlyPage
{
    /// <summary>The page.</summary>
    public static ReportPage Of(AttentionOnlyReport report)
    {
        AttentionOnlyAnalysis analysis = report.Analysis;
        return new ReportPage
        {
            Kind = PageWriter.KindOf(report.Kind),
            Name = report.Name,
            Title = analysis.Induction is null
                ? "One layer of attention: skip-trigrams and copying"
                : $"{Layers(report.Model.Config.Layers)} layers of attention: "
                + InductionFindings.Title(analysis.Induction),
            Lead = AttentionOnlyFindings.Lead(
                analysis, report.Recipe, report.OneLayerLoss),
            Facts = report.Facts,
            Vocabulary = report.Vocabulary,
            TokenCounts = report.TokenCounts,
            Signature = (report.Name == report.Kind ? "" : $"{report.Name}, ")
                + $"{report.Kind}, trained on {Words(report.Recipe.Data)}",
            Checkpoints = report.Loss.Checkpoints,
            Sections = [.. Sections(report)],
        };
    }

    private static IEnumerable<ReportSection> Sections(AttentionOnlyReport report)
    {
        bool formed = report.Phase is not null;
        IEnumerable<ReportSection> training = Grouped(
            formed ? "How it formed" : "How good it is", Training(report));
        return
        [
            .. formed ? training : [],
            .. Grouped("What the heads do", Heads(report)),
            .. Grouped("What changes without them", Experiments(report)),
            .. Grouped("What the weights say", Weights(report)),
            .. formed ? [] : training,
        ];
    }

    private static IEnumerable<ReportSection> Grouped(
        string group, IEnumerable<ReportSection> sections) =>
        sections.Select(section => section with { Group = group });

    private static IEnumerable<ReportSection> Training(AttentionOnlyReport report)
    {
        AttentionOnlyAnalysis analysis = report.Analysis;
        if (report.Phase is { } phase)
        {
            yield return ReportSection.Of(
                phase, "formation", "Formation", "vt-phase-change",
                InductionFindings.Of(phase).Text,
                CheckpointFigures.Phase(phase, report)) with
            {
                Heading = "When did the circuit form?",
            };
            if (CheckpointFigures.Losses(phase, report.Timeline) is { } losses)
            {
                yield return ReportSection.Of(
                    losses, "token-losses", "Token losses", "vt-token-losses",
                    LossFindings.Easier(losses));
            }
        }

        yield return ReportSection.Of(
            analysis.Losses, "loss", "Loss", "vt-loss", LossFindings.Of(analysis.Losses).Text,
            report.Loss) with
        {
            Caption = $"{analysis.Losses.Method} The model saw {Words(report.Recipe.Data)}.",
        };
    }

    private static IEnumerable<ReportSection> Heads(AttentionOnlyReport report)
    {
        AttentionOnlyAnalysis analysis = report.Analysis;
        if (analysis.Induction is { } circuit)
        {
            yield return ReportSection.Of(
                circuit, "induction", "Induction", "vt-induction-circuit",
                InductionFindings.Claims(circuit));
        }

        if (analysis.Circuits.Composition is { } composition)
        {
            yield return CircuitSections.Composition(
                composition, Kinds(analysis.Heads),
                report.Study is { } seen ? [seen.Pictures] : [],
                CheckpointFigures.Composition(report.Timeline, Kinds));
        }

        yield return AttentionSection.Of(
            [.. analysis.Attention.Select(passage => (passage.Name, passage.Attention))],
            analysis.Heads, CheckpointFigures.Attention(report.Timeline));
        yield return AttributionSection.Of(analysis.Attribution);
        yield return HeadsSection.Of(
            analysis.Heads, report.Study?.Patterns, "Random repeats", report.Study?.Heads,
            CheckpointFigures.Heads(report.Timeline));
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

    private static IEnumerable<ReportSection> Experiments(AttentionOnlyReport report)
    {
        AttentionOnlyStudy? study = report.Study;
        if (study is { Patching.Count: > 0 })
        {
            yield return PatchingPage.Section(report.Model, study.Patching) with
            {
                Heading = "Which activations carry the repeat?",
            };
        }

        if (study?.Paths is { } paths)
        {
            yield return PathPatchingPage.Section(paths, study.Edges) with
            {
                Key = "path-patching",
                Heading = "Which paths between heads carry the repeat?",
            };
        }

        if (study is { Ablations.Count: > 0 })
        {
            Head[] all =
                [.. report.Analysis.Heads.Rows.Select(row => new Head(row.Layer, row.Head))];
            yield return AblationPage.Section(
                Taken(report.Analysis), all, AblationKind.Mean, study.Ablations);
        }

        if (report.Analysis.Paths is { } orders)
        {
            yield return PathsSection.Of(orders);
        }
    }

    private static IEnumerable<ReportSection> Weights(AttentionOnlyReport report)
    {
        CircuitAnalysis circuits = report.Analysis.Circuits;
        AttentionOnlyStudy? study = report.Study;
        yield return CircuitSections.Tokens(circuits, report.Analysis.Tokens, report.Model);
        yield return CircuitSections.SkipTrigrams(
            circuits, study?.HeldOut, report.Model, study?.ZeroLayer);
        if (circuits.Check is { } check)
        {
            yield return CircuitSections.Check(circuits, check);
        }

        yield return CircuitSections.Copying(
            circuits, CheckpointFigures.Eigenvalues(report.Timeline));
        yield return PositionSection.Of(circuits, study?.Distance);
    }

    /// <summary>The heads that are ablated together: those of the circuit, or the
    /// first.</summary>
    private static Head[] Taken(AttentionOnlyAnalysis analysis)
    {
        IReadOnlyList<string> names = analysis.Induction switch
        {
            { Heads.Count: > 0 } circuit => circuit.Heads,
            { } circuit => [circuit.Head],
            _ => [],
        };
        Head[] heads =
            [.. names.Select(name => Head.TryParse(name, out Head head) ? head : default)];
        return heads.Length > 0 ? heads : [new Head(0, 0)];
    }

    private static Dictionary<string, (string Kind, double Score)> Kinds(HeadTable heads) =>
        heads.Rows.Where(row => row.Kinds.Count > 0).ToDictionary(
            row => $"{row.Layer}.{row.Head}",
            row => (row.Kinds[0], row.Scores[HeadTable.ScoreOf(row.Kinds[0])].Value));
}
