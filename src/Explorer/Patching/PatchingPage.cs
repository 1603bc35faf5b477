using Vitrine.Autograd;
using Vitrine.Interp.Patching;
using Vitrine.Models;
using Vitrine.Tensors;

namespace Vitrine.Explorer;

/// <summary>Which activations carry a difference between two prompts: a page, or a section of
/// one.</summary>
internal static class PatchingPage
{
    /// <summary>The page, its title the head that restores most, or the place where there are no
    /// heads among the sweeps.</summary>
    /// <param name="model">The model; borrowed.</param>
    /// <param name="vocabulary">Its tokens, which the title names.</param>
    /// <param name="sweeps">Sweeps over the same prompts, the one that is shown first in
    /// front.</param>
    internal static PageContent Of(
        Transformer model, TokenVocabulary vocabulary,
        params IReadOnlyList<PatchingSweep> sweeps)
    {
        ReportSection section = Section(model, sweeps);
        return new PageContent(
            PatchingFindings.Title(
                sweeps, vocabulary.Quoted(sweeps[0].Answers[0], sweeps[0].Versus?[0])),
            PatchingFindings.Asked(sweeps[0]).Text(
                "Which activation of the clean run restores it?"),
            [
                section,
                .. sweeps.Any(sweep => sweep.Approx is not null)
                    ? [Gradient(sweeps)] : Array.Empty<ReportSection>(),
            ]);
    }

    /// <summary>What a page shows, with the gradient's approximation: every site by position, and
    /// heads over all positions.</summary>
    /// <param name="experiment">The recorded runs.</param>
    /// <param name="only">This site alone; null for all.</param>
    /// <param name="cancellation">Checked between layers.</param>
    internal static IReadOnlyList<PatchingSweep> Sweeps(
        PatchingExperiment experiment, PatchSite? only = null,
        CancellationToken cancellation = default)
    {
        PatchSite[] sites = only is { } one ? [one] : Enum.GetValues<PatchSite>();
        return
        [
            .. sites.Select(site => experiment.Sweep(
                site, PatchScope.Position, approximate: true, cancellation: cancellation)),
            experiment.Sweep(
                only is { } head and not (PatchSite.ResidPre or PatchSite.AttnOut)
                    ? head : PatchSite.Z,
                PatchScope.AllPositions, approximate: true, cancellation: cancellation),
        ];
    }

    /// <summary>The maps as a section.</summary>
    /// <param name="model">The model; borrowed.</param>
    /// <param name="sweeps">Sweeps over the same prompts.</param>
    public static ReportSection Section(
        Transformer model, params IReadOnlyList<PatchingSweep> sweeps)
    {
        PatchingSweep first = sweeps[0];
        int skipped = sweeps.Sum(sweep => sweep.Skipped.Sum(row => row.Count(cell => cell)));
        int cells = sweeps.Sum(sweep => sweep.Rows.Count * sweep.Columns);
        return new ReportSection
        {
            Key = "patching",
            Name = "Patching",
            Heading = first.Title,
            Finding = PatchingFindings.Of(sweeps),
            Component = "vt-patching",
            Data = PatchingFigure.Of(sweeps) with { Answers = Answers(model, first) },
            Caption = "One activation of the clean run is patched into the corrupt run. 1 restores "
                + $"the clean {PatchingFigure.NameOf(first.Metric)}, 0 leaves it corrupt. "
                + $"{Numerals.Count(cells - skipped)} patches"
                + (skipped > 0 ? $"; {Numerals.Count(skipped)} cells are equal in both runs by "
                    + "causality and were skipped." : "."),
            Table = Table(sweeps),
        };
    }

    /// <summary>The gradient's approximation beside the exact values.</summary>
    private static ReportSection Gradient(IReadOnlyList<PatchingSweep> sweeps)
    {
        var figure = ApproximationFigure.Of(sweeps);
        return new ReportSection
        {
            Key = "gradient",
            Name = "By gradient",
            Heading = "How good is the gradient’s approximation?",
            Finding = PatchingFindings.Approximation(
                figure.Points.Count, figure.MeanError, figure.LargestError, figure.Correlation),
            Component = "vt-approximation",
            Data = figure,
            Caption = "Attribution patching: the change of the activation, clean minus corrupt, "
                + "times the metric’s gradient at the corrupt run; all cells come from two forward "
                + "passes and one backward pass. On the line it agrees with the patch.",
        };
    }

    private static ReportTable Table(IReadOnlyList<PatchingSweep> sweeps) =>
        ReportTable.Of(
            ["site", "row", "column", "restored"],
            sweeps.SelectMany(sweep => sweep.Strongest(5).Select(cell => (sweep, cell))),
            one =>
            [
                PatchingFigure.ShortNameOf(one.sweep.Site), one.sweep.Rows[one.cell.Row],
                $"{one.sweep.ColumnAxis} {one.cell.Column}", Numerals.Score(one.cell.Value),
            ]);

    private static PatchingAnswers Answers(Transformer model, PatchingSweep sweep)
    {
        int[] ids = sweep.Versus is { } versus
            ? [sweep.Answers[0], versus[0]] : [sweep.Answers[0]];
        return new PatchingAnswers(Logits(sweep.Clean[0]), Logits(sweep.Corrupt[0]));

        PatchingAnswer[] Logits(int[] prompt)
        {
            using Tape tape = Tape.NoGrad();
            using Tensor<int> tokens = model.Batch(prompt);
            Var stream = model.Through(
                tape, model.Embedded(tape, tokens), 0, model.Config.Layers);
            Tensor<float> logits = model.Logits(
                tape, tape.Slice(stream, 1, prompt.Length - 1, 1)).Value;
            return [.. ids.Select(id => new PatchingAnswer(id, logits[0, 0, id]))];
        }
    }
}
