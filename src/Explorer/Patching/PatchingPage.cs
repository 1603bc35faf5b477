using Vitrine.Autograd;
using Vitrine.Interp.Patching;
using Vitrine.Models;
using Vitrine.Tensors;

namespace Vitrine.Explorer;

/// <summary>Which activations carry a difference between two prompts: a page, or a section of
/// one.</summary>
internal static class PatchingPage
{
    private const double Least = 0.1;

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
            Title(sweeps, vocabulary),
            new Prose().Asked(sweeps[0]).Text(
                "Which activation of the clean run brings it back?"),
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
    /// <param name="cancellation">Ends it between layers.</param>
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
            Finding = Finding(sweeps),
            Component = "vt-patching",
            Data = PatchingFigure.Of(sweeps) with { Answers = Answers(model, first) },
            Caption = "One activation of the clean run put into the corrupt run. 1 restores the "
                + $"clean {PatchingFigure.NameOf(first.Metric)}, 0 leaves the corrupt one. "
                + $"{Numerals.Count(cells - skipped)} patches"
                + (skipped > 0 ? $"; {Numerals.Count(skipped)} cells are equal in both runs by "
                    + "causality and were not run." : "."),
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
            Finding = $"Over {Numerals.Count(figure.Points.Count)} patches its mean error is "
                + $"{Numerals.Error(figure.MeanError)}, its largest "
                + Numerals.Error(figure.LargestError)
                + (figure.Correlation is { } r ? $"; correlation {Numerals.Score(r)}." : "."),
            Component = "vt-approximation",
            Data = figure,
            Caption = "Attribution patching: the change of the activation, clean less corrupt, "
                + "times the metric’s gradient at the corrupt run; all cells from two passes "
                + "forward "
                + "and one back. On the line it agrees with the patch.",
        };
    }

    private static string Title(
        IReadOnlyList<PatchingSweep> sweeps, TokenVocabulary vocabulary)
    {
        PatchingSweep first = sweeps[0];
        string it = vocabulary.Quoted(first.Answers[0], first.Versus?[0]);
        if (sweeps.FirstOrDefault(sweep => sweep.ColumnAxis == "head") is { } heads
            && heads.Strongest(1) is [var (layer, head, value)])
        {
            return Math.Abs(value) >= Least
                ? $"Head {layer}.{head} alone restores {Numerals.Score(value)} of {it}"
                : $"No head alone restores more than {Numerals.Score(Math.Abs(value))} of {it}";
        }

        (int row, int column, double most) = first.Strongest(1) is [var cell]
            ? cell : (0, 0, 0);
        return $"{(first.RowAxis == "head" ? "Head" : "Layer")} {first.Rows[row]}, position "
            + $"{column} restores {Numerals.Score(most)} of {it}";
    }

    private static Prose Finding(IReadOnlyList<PatchingSweep> sweeps)
    {
        var said = new Prose();
        if (sweeps.FirstOrDefault(sweep => sweep.ColumnAxis == "head") is { } heads)
        {
            (int Row, int Column, double Value)[] best =
                [.. heads.Strongest(3).Where(cell => Math.Abs(cell.Value) >= Least)];
            said.Text(best.Length == 0 ? $"No head restores {Numerals.Score(Least)} alone. "
                : best.Length == 1 ? "One head carries it alone: " : "Heads that carry most: ");
            for (int i = 0; i < best.Length; i++)
            {
                said.Text(i > 0 ? ", " : "").Head(best[i].Row, best[i].Column)
                    .Text($" ({Numerals.Score(best[i].Value)})")
                    .Text(i == best.Length - 1 ? ". " : "");
            }
        }

        if (sweeps.FirstOrDefault(sweep => sweep.Site == PatchSite.ResidPre) is not { } stream)
        {
            return said.IsEmpty ? Places(sweeps[0]) : said;
        }

        for (int layer = 0; layer < stream.Rows.Count; layer++)
        {
            (int at, double value) = stream.Values[layer]
                .Select((restored, position) => (position, restored)).MaxBy(one => one.restored);
            said.Text(layer == 0 ? "In the stream it sits at " : ", before layer ")
                .Text(layer == 0 ? "" : $"{layer} at ").Token(stream.Clean[0][at])
                .Text($" (position {at}, {Numerals.Score(value)})");
            if (layer == 3 && stream.Rows.Count > 5)
            {
                said.Text(" and so on");
                break;
            }
        }

        return said.Text(".");
    }

    private static Prose Places(PatchingSweep sweep)
    {
        var said = new Prose("Strongest: ");
        (int Row, int Column, double Value)[] best = [.. sweep.Strongest(3)];
        for (int i = 0; i < best.Length; i++)
        {
            said.Text(i > 0 ? ", " : "");
            if (sweep.RowAxis == "head")
            {
                said.Head(sweep.Rows[best[i].Row]);
            }
            else
            {
                said.Text($"layer {sweep.Rows[best[i].Row]}");
            }

            said.Text(" at ").Token(sweep.Clean[0][best[i].Column])
                .Text($" ({Numerals.Score(best[i].Value)})");
        }

        return said.Text(".");
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
