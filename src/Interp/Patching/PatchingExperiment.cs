using Vitrine.Autograd;
using Vitrine.Models;
using Vitrine.Tensors;

namespace Vitrine.Interp.Patching;

/// <summary>A clean and a corrupt run, recorded once, and what putting activations of the first
/// into the second does to a metric.</summary>
/// <remarks>Use it for several sweeps of the same prompts, on one thread at a time;
/// <see cref="ActivationPatching"/> is the one-liner.</remarks>
public sealed partial class PatchingExperiment : IDisposable
{
    private const int TopTokens = 5;
    private readonly Tensor<int> _cleanTokens;
    private readonly Tensor<int> _corruptTokens;
    private readonly RecordedPass? _clean;
    private readonly RecordedPass? _corrupt;
    private readonly PatchMetric _metric = null!;
    private RecordedPass? _cleanPatterns;

    /// <summary>Runs both prompts.</summary>
    /// <param name="model">The model; borrowed for as long as this lives.</param>
    /// <param name="prompts">The prompts.</param>
    /// <param name="metric">The metric for the patches.</param>
    /// <exception cref="ArgumentException">The model has no layers, a token is not in its
    /// vocabulary, the prompts are longer than its context, or the metric is the same for both
    /// runs.</exception>
    public PatchingExperiment(
        Transformer model, PromptPairs prompts, MetricKind metric = MetricKind.LogitDifference)
    {
        if (model.Config.Layers == 0)
        {
            throw new ArgumentException(
                "Patching: in a model without layers no activation reaches another position; use "
                + "one with attention layers.");
        }

        model.RequireAttentionOnly("Patching");
        prompts.CheckFor(model.Config.Vocabulary, model.Config.Context);
        (Model, Prompts) = (model, prompts);
        (_cleanTokens, _corruptTokens) = (
            prompts.CleanTensor(model), prompts.CorruptTensor(model));
        try
        {
            _clean = new RecordedPass(model, _cleanTokens);
            _corrupt = new RecordedPass(model, _corruptTokens);
            using Tensor<float> cleanRows = _clean.LastRows.Clone();
            using Tensor<float> corruptRows = _corrupt.LastRows.Clone();
            _metric = new PatchMetric(model, prompts, metric, cleanRows, corruptRows);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The model.</summary>
    public Transformer Model { get; }

    /// <summary>The prompts.</summary>
    public PromptPairs Prompts { get; }

    /// <summary>The clean run's metric.</summary>
    public double ValueClean => _metric.Clean;

    /// <summary>The corrupt run's metric.</summary>
    public double ValueCorrupt => _metric.Corrupt;

    internal PatchMetric Metric => _metric;

    internal RecordedPass CleanPass => _clean!;

    internal RecordedPass CorruptPass => _corrupt!;

    internal Tensor<int> CleanTokens => _cleanTokens;

    internal Tensor<int> CorruptTokens => _corruptTokens;

    /// <summary>One patch by one whole pass: the definition of a sweep's cell, and its
    /// oracle.</summary>
    /// <param name="site">Which activation.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="head">The head; null for a site of no head, or for all heads.</param>
    /// <param name="position">The position; null for all.</param>
    /// <returns>The normalised metric.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Layer, head or position does not
    /// exist.</exception>
    public double Patched(PatchSite site, int layer, int? head = null, int? position = null)
    {
        using Tensor<float> rows = PatchedRows(site, layer, head, position);
        return _metric.Normalised(_metric.Of(Model, rows)[0]);
    }

    /// <summary>Releases the recorded runs.</summary>
    public void Dispose()
    {
        _clean?.Dispose();
        _cleanPatterns?.Dispose();
        _corrupt?.Dispose();
        _cleanTokens.Dispose();
        _corruptTokens.Dispose();
    }

    private Tensor<float> PatchedRows(PatchSite site, int layer, int? head, int? position)
    {
        RequireCell(site, layer, head, position);
        Tensor<float> clean = Activation(Clean(site), site, layer);
        var hooks = new Hooks();
        hooks.Replace(BehindRotation(site, layer), (_, x) =>
        {
            Tensor<float> patched = x.Clone();
            Part(patched, site, head, position).CopyFrom(Part(clean, site, head, position));
            return patched;
        });
        using var tape = Tape.NoGrad();
        Var resid = Model.Embedded(tape, _corruptTokens);
        resid = Model.Through(tape, resid, 0, Model.Config.Layers, hooks);
        return resid.Value.Select(1, -1).Clone();
    }

    /// <summary>The clean run, with patterns where they are patched.</summary>
    private RecordedPass Clean(PatchSite site) => site != PatchSite.Pattern
        ? CleanPass : _cleanPatterns ??= new RecordedPass(Model, _cleanTokens, patterns: true);

    private static Tensor<float> Activation(RecordedPass pass, PatchSite site, int layer) =>
        site switch
    {
        PatchSite.ResidPre => pass.Resid(layer),
        PatchSite.AttnOut => pass.AttnOut(layer),
        PatchSite.Z => pass.Z(layer),
        PatchSite.Q => pass.Q(layer),
        PatchSite.K => pass.K(layer),
        PatchSite.V => pass.V(layer),
        _ => pass.Pattern(layer),
    };

    /// <summary>Recorded queries and keys are rotated; a rotation keeps positions, so patching
    /// before or after it is the same.</summary>
    private string BehindRotation(PatchSite site, int layer) =>
        Model.Config.Positions.Kind != Models.Positions.PositionKind.Rotary ? site.Hook(layer)
        : site == PatchSite.Q ? HookNames.RotQ(layer)
        : site == PatchSite.K ? HookNames.RotK(layer) : site.Hook(layer);

    private static Tensor<float> Part(Tensor<float> x, PatchSite site, int? head, int? position)
    {
        bool pattern = site == PatchSite.Pattern;
        Tensor<float> part = position is { } p ? x.Slice(pattern ? 2 : 1, p, 1) : x;
        return head is { } h ? part.Slice(pattern ? 1 : 2, h, 1) : part;
    }

    private void RequireCell(PatchSite site, int layer, int? head, int? position)
    {
        if (layer < 0 || layer >= Model.Config.Layers)
        {
            throw new ArgumentOutOfRangeException(
                nameof(layer), $"Patching: layers are 0 … {Model.Config.Layers - 1}; got {layer}.");
        }

        if (head is { } h && (!site.IsOfHeads() || h < 0 || h >= Model.Config.Heads))
        {
            throw new ArgumentOutOfRangeException(
                nameof(head), site.IsOfHeads()
                    ? $"Patching: heads are 0 … {Model.Config.Heads - 1}; got {h}."
                    : $"Patching: {site} belongs to no head; got head {h}; leave it out.");
        }

        if (position is { } p && (p < 0 || p >= Prompts.Length))
        {
            throw new ArgumentOutOfRangeException(
                nameof(position), $"Patching: positions are 0 … {Prompts.Length - 1}; got {p}.");
        }
    }

    /// <summary>The probability of every next token after the first pair's prompt.</summary>
    private float[] Probabilities(Tensor<float> rows)
    {
        using var tape = Tape.NoGrad();
        Var logits = Model.Logits(tape, new Var(rows.Slice(0, 0, 1)));
        return tape.Softmax(logits).Value.ToArray();
    }

    private static PredictedToken[] Top(float[] probabilities) =>
    [
        .. TopSelection.Of<float>(probabilities, TopTokens)
            .Select(id => new PredictedToken(id, probabilities[id])),
    ];

    /// <summary>The answers of the first pair.</summary>
    private int[] Answers => Prompts.Versus is { } versus
        ? [Prompts.Answers[0], versus[0]] : [Prompts.Answers[0]];
}
