using Vitrine.Interp;
using Vitrine.Interp.Circuits;
using Vitrine.Interp.Embeddings;
using Vitrine.Interp.Studies;
using Vitrine.Models;
using Vitrine.Tensors;

namespace Vitrine.Explorer;

/// <summary>What the weights of an attention-only model say, as sections.</summary>
internal static class CircuitSections
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
            CircuitFindings.Of(composition).Text,
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
            copying.Length > 2 ? CircuitFindings.Copiers(copying) : Said(circuits, copying[0].Kind),
            new EigenvaluesFigure(copying, timeline));
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
            Prose.Joined(
            [
                CircuitFindings.Strongest(circuits),
                .. CircuitFindings.InText(circuits) is { } said ? [said.Text] : Array.Empty<Prose>(),
            ]),
            text is null
                ? new SkipTrigramFigure(tables)
                : SkipTrigramFigure.Of(tables, text, model: model, zero: zero));
    }

    /// <summary>The strongest skip-trigrams tried on the model.</summary>
    /// <param name="circuits">The weights as they were read, with a text.</param>
    /// <param name="check">The trials.</param>
    public static ReportSection Check(CircuitAnalysis circuits, SkipTrigramCheck check) =>
        ReportSection.Of(
            check, "check", "Checked in text", "vt-trigram-check", Said(circuits, check.Kind));

    /// <summary>The circuits of every head for single tokens; without norms and biases for every
    /// token that was read, computed in the page from weights of one byte.</summary>
    /// <param name="circuits">The weights as they were read.</param>
    /// <param name="examples">The tables of some tokens.</param>
    /// <param name="model">The model; borrowed.</param>
    public static ReportSection Tokens(
        CircuitAnalysis circuits, IReadOnlyList<TokenCircuit> examples, Transformer model)
    {
        return Tokens(
            CircuitTokenFigure.Of(circuits, examples), CircuitFindings.Read(circuits),
            circuits.Method, circuits.Read, model);
    }

    /// <summary>The circuits of some heads for single tokens.</summary>
    /// <param name="figure">The tables of some tokens.</param>
    /// <param name="finding">What they say.</param>
    /// <param name="method">How they were computed.</param>
    /// <param name="read">The tokens that are read; null where the tables of others cannot be
    /// computed in the page.</param>
    /// <param name="model">The model; borrowed.</param>
    internal static ReportSection Tokens(
        CircuitTokenFigure figure, Prose finding, string method, TokenSubset? read,
        Transformer model)
    {
        TokenSubset? any = model.Config
            is { Norm.Kind: NormKind.None, SharedAttention.Biases: false }
            ? read : null;
        return new ReportSection
        {
            Key = "tokens",
            Name = "Tokens",
            Heading = "What does a token attend to, and what does attending to it write?",
            Component = "vt-circuit-token",
            Data = figure with { DModel = any is null ? 0 : model.Config.DModel },
            Arrays = any is null
                ? new Dictionary<string, PackedArray>() : Weights(model, any),
            Finding = finding,
            Caption = method + (any is null
                ? " The heads have norms or biases, so only the examples are shown."
                : " The page computes the tables of other tokens from embeddings with one byte per "
                    + "weight and one scale per row; the examples are exact."),
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

    private static Prose Said(CircuitAnalysis circuits, string kind) => Prose.Joined(
        circuits.Findings.Where(finding => finding.Section == kind)
            .Select(finding => finding.Text));
}
