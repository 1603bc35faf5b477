using Vitrine.Interp;
using Vitrine.Interp.Circuits;
using Vitrine.Interp.Embeddings;
using Vitrine.Interp.ZeroLayer;
using Vitrine.Models;
using Vitrine.Tensors;

namespace Vitrine.Explorer;

/// <summary>What the weights of an attention-only model say, as sections.</summary>
public static class CircuitSections
{
    /// <summary>How heads work together.</summary>
    /// <param name="composition">The links.</param>
    public static ReportSection Composition(Composition composition) =>
        Composition(composition, null, []);

    /// <inheritdoc cref="Composition(Interp.Circuits.Composition)"/>
    /// <param name="composition">The links.</param>
    /// <param name="kinds">The kind and score of heads that have one, by name.</param>
    /// <param name="patterns">Patterns of the heads, one set a passage.</param>
    /// <param name="timeline">Links at checkpoints; null for one checkpoint.</param>
    internal static ReportSection Composition(
        Composition composition,
        IReadOnlyDictionary<string, (string Kind, double Score)>? kinds,
        IReadOnlyList<HeadPatterns> patterns,
        IReadOnlyList<CompositionStep>? timeline = null) =>
        ReportSection.Of(
            composition, "composition", "Composition", "vt-composition",
            AttentionOnlyProse.Composition(composition),
            CompositionFigure.Of(composition, kinds, patterns) with { Timeline = timeline });

    /// <summary>Whether heads copy.</summary>
    /// <param name="circuits">The weights as they were read.</param>
    public static ReportSection Copying(CircuitAnalysis circuits) => Copying(circuits, null);

    /// <inheritdoc cref="Copying(CircuitAnalysis)"/>
    /// <param name="circuits">The weights as they were read.</param>
    /// <param name="timeline">Eigenvalues at checkpoints; null for one checkpoint.</param>
    internal static ReportSection Copying(
        CircuitAnalysis circuits, IReadOnlyList<EigenvaluesStep>? timeline)
    {
        Copying[] copying = [.. circuits.Heads.Select(head => head.Copying)];
        return ReportSection.Of(
            copying[0], "copying", "Copying", "vt-eigenvalues",
            copying.Length > 2 ? Copiers(copying) : Said(circuits, copying[0].Kind),
            new EigenvaluesFigure(copying, timeline));
    }

    private static Prose Copiers(Copying[] copying)
    {
        var said = new Prose();
        double Z(Copying one) => (one.Score - one.Baseline.Mean) / one.Baseline.Sd;
        Add(copying.Where(one => Z(one) > 3), "copy");
        Add(copying.Where(one => Z(one) < -3), "do the opposite");
        return said.Text(
            $"Random matrices have {Numerals.Signed(copying[0].Baseline.Mean)} ± "
                + $"{Numerals.Score(copying[0].Baseline.Sd)}.");

        void Add(IEnumerable<Copying> some, string verb)
        {
            Copying[] found = [.. some.OrderByDescending(one => Math.Abs(one.Score))];
            if (found.Length == 0)
            {
                return;
            }

            said.Text($"{found.Length} of {copying.Length} heads {verb}");
            for (int i = 0; i < Math.Min(4, found.Length); i++)
            {
                said.Text(i > 0 ? ", " : ": ").Head(found[i].Head)
                    .Text($" {Numerals.Signed(found[i].Score)}");
            }

            said.Text(found.Length > 4 ? " and others. " : ". ");
        }
    }

    /// <summary>What looking at a token from another writes, with places in a text.</summary>
    /// <param name="circuits">The weights as they were read.</param>
    /// <param name="text">Where places are taken from; null for none.</param>
    /// <param name="model">The model whose losses stand beside them; null for none.</param>
    /// <param name="zero">A 0-layer model of the same vocabulary; null for none.</param>
    public static ReportSection SkipTrigrams(
        CircuitAnalysis circuits, SkipTrigramText? text = null, Transformer? model = null,
        Transformer? zero = null)
    {
        SkipTrigramTable[] tables = [.. circuits.Heads.Select(head => head.SkipTrigrams)];
        return ReportSection.Of(
            tables[0], "skip-trigrams", "Skip-trigrams", "vt-skip-trigrams",
            Strongest(circuits, tables).Text(InText(tables)),
            text is null
                ? new SkipTrigramFigure(tables)
                : SkipTrigramFigure.Of(tables, text, model: model, zero: zero));
    }

    /// <summary>How the model does where a text has the skip-trigrams, beside the 0-layer model;
    /// nothing where that is not known.</summary>
    private static string InText(SkipTrigramTable[] tables)
    {
        double[] gains =
        [
            .. tables.SelectMany(table => table.Rows)
                .Where(row => row is { Loss: not null, LossZero: not null })
                .Select(row => row.LossZero!.Value - row.Loss!.Value),
        ];
        if (gains.Length == 0)
        {
            return "";
        }

        double mean = gains.Average();
        return " Where held-out text has such terms the model is better than the 0-layer model "
            + $"for {Numerals.Count(gains.Count(gain => gain > 0))} of "
            + $"{Numerals.Count(gains.Length)}, on average {Numerals.Score(Math.Abs(mean))} nats "
            + (mean >= 0 ? "better." : "worse.");
    }

    /// <summary>The strongest skip-trigrams tried on the model.</summary>
    /// <param name="circuits">The weights as they were read, with a text.</param>
    /// <param name="check">The trials.</param>
    public static ReportSection Check(CircuitAnalysis circuits, SkipTrigramCheck check) =>
        ReportSection.Of(check, "check", "Tried", "vt-trigram-check", Said(circuits, check.Kind));

    /// <summary>The circuits of every head for single tokens; without norms and biases for every
    /// token that was read, computed in the page from weights of one byte.</summary>
    /// <param name="circuits">The weights as they were read.</param>
    /// <param name="examples">The tables of some tokens.</param>
    /// <param name="model">The model; borrowed.</param>
    public static ReportSection Tokens(
        CircuitAnalysis circuits, IReadOnlyList<TokenCircuit> examples, Transformer model)
    {
        TokenSubset? any = model.Config
            is { Norm.Kind: NormKind.None, SharedAttention.Biases: false }
            ? circuits.Read : null;
        CircuitEntry? looks = circuits.Heads.SelectMany(head => head.LargestQK)
            .MaxBy(entry => entry.Value);
        Prose finding = looks is null
            ? new Prose()
            : new Prose("The largest score is that of ").Token(looks.From).Text(" for ")
                .Token(looks.To)
                .Text($", {Numerals.Signed(looks.Value)} above the average token. ");
        finding.Text(circuits.LeftOut == 0
            ? $"All {Numerals.Count(circuits.Searched)} tokens are read."
            : $"{Numerals.Count(circuits.Searched)} tokens that the text has at least "
                + $"{circuits.MinCount} times are read; {Numerals.Count(circuits.LeftOut)} are "
                + "left "
                + "out, since rows never trained are noise.");
        return new ReportSection
        {
            Key = "tokens",
            Name = "Tokens",
            Heading = "What does a token attend to, and what does attending to it write?",
            Component = "vt-circuit-token",
            Data = CircuitTokenFigure.Of(circuits, examples) with
            {
                DModel = any is null ? 0 : model.Config.DModel,
            },
            Arrays = any is null
                ? new Dictionary<string, PackedArray>() : Weights(model, any),
            Finding = finding,
            Caption = circuits.Method + (any is null
                ? " Norms or biases stand before the heads: the examples alone are shown."
                : " Tables of other tokens are computed in the page from embeddings of one byte a "
                    + "weight with a scale a row; the examples are exact."),
        };
    }

    // The rows of the tokens that were read alone, with the average over the whole text: what was
    // hardly trained is in no table, and in most vocabularies it is most of the weights.
    private static Dictionary<string, PackedArray> Weights(Transformer model, TokenSubset read)
    {
        using Tensor<int> ids = Tensor.From(read.Ids, [read.Ids.Length]);
        using Tensor<float> unigram = Tensor.From(
            [.. read.Unigram.Select(share => (float)share)], [1, read.Vocabulary]);
        var arrays = new Dictionary<string, PackedArray> { ["ids"] = PackedArray.Of(read.Ids) };
        Add("W_E", model.Embed.W_E.Value);
        using Tensor<float> unembed = model.Unembed.W_U.Value.Transpose().Contiguous();
        Add("W_U", unembed);
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

        return arrays;

        void Add(string name, Tensor<float> all)
        {
            using Tensor<float> rows = Ops.GatherRows(all, ids);
            using Tensor<float> mean = Ops.MatMul(unigram, all);
            QuantisedMatrix matrix = QuantisedMatrix.Of(rows);
            arrays[name] = PackedArray.Of(matrix.Values);
            arrays[$"{name}.scale"] = PackedArray.Of(matrix.Scales);
            arrays[$"{name}.mean"] = PackedArray.Of(mean.Span);
        }
    }

    private static Prose Said(CircuitAnalysis circuits, string kind) => Prose.WithHeads(string.Join(
        " ",
        circuits.Findings.Where(finding => finding.Section == kind)
            .Select(finding => finding.Text)));

    private static Prose Strongest(CircuitAnalysis circuits, SkipTrigramTable[] tables)
    {
        (SkipTrigramTable Table, SkipTrigramRow Row)? best = tables
            .SelectMany(table => table.Rows.Select(row => ((SkipTrigramTable, SkipTrigramRow)?)
                (table, row)))
            .MaxBy(one => one!.Value.Item2.Score * one.Value.Item2.Effect);
        return best is not { } found
            ? "No skip-trigram has both factors above zero."
            : new Prose("Head ").Head(found.Table.Head).Text(": from ")
                .Token(found.Row.Destination).Text(" looking at ").Token(found.Row.Source)
                .Text(" raises ").Token(found.Row.Out)
                .Text($" by {Numerals.Signed(found.Row.Effect)}, the strongest term over "
                    + $"{Numerals.Count(circuits.Searched)} tokens.");
    }
}
