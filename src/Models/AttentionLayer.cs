using Vitrine.Autograd;
using Vitrine.Models.Positions;
using Vitrine.Tensors;

namespace Vitrine.Models;

/// <summary>The heads of one layer: queries, keys, values and output.
/// <code>
/// q = x W_Q + b_Q,  k = x W_K + b_K,  v = x W_V + b_V          for each head
/// z[i] = Σ_j softmax_j(scale · q[i] · k[j] + bias[i − j]) v[j],  over the keys that i sees
/// out = Σ_heads z W_O + b_O
/// </code></summary>
/// <remarks>Queries and keys may be clipped, normed and rotated before they meet, in this
/// order.</remarks>
public sealed class AttentionLayer : IDisposable
{
    private readonly AttentionForm _form;
    private readonly float? _clip;
    private readonly float? _outputScale;
    private readonly HeadNames _names;
    private readonly PositionTables? _positions;

    /// <param name="dModel">The width of the stream.</param>
    /// <param name="attention">The heads.</param>
    /// <param name="names">What its activations are called.</param>
    /// <param name="source">The weights.</param>
    /// <param name="bothWays">Whether queries see later keys.</param>
    /// <param name="positions">The position data; null for heads that know no positions, as those
    /// that attend to an encoder.</param>
    /// <param name="relative">The relative bias of another layer, which this one shares.</param>
    /// <param name="outputScale">The factor on what it writes; null for none.</param>
    internal AttentionLayer(
        int dModel, AttentionConfig attention, HeadNames names, ParameterSource source,
        bool bothWays, PositionTables? positions, Parameter? relative, float? outputScale)
    {
        (int heads, int keyHeads, int dHead) =
            (attention.Heads, attention.KeyHeads, attention.DHead);
        (_positions, _names, _clip, _outputScale) =
            (positions, names, attention.Clip, outputScale);
        _form = new()
        {
            BothWays = bothWays,
            Scale = attention.ScoreScale,
            Window = positions is null ? null : attention.Window,
            SoftCap = attention.SoftCap,
        };
        string prefix = names.Prefix;
        W_Q = source.Matrix(prefix + "W_Q", [dModel, heads, dHead], (0, 1));
        W_K = source.Matrix(prefix + "W_K", [dModel, keyHeads, dHead], (0, 1));
        W_V = source.Matrix(prefix + "W_V", [dModel, keyHeads, dHead], (0, 1));
        W_O = source.Matrix(prefix + "W_O", [heads, dHead, dModel]);
        if (attention.Biases)
        {
            B_Q = source.Small(prefix + "b_Q", [heads, dHead]);
            B_K = source.Small(prefix + "b_K", [keyHeads, dHead]);
            B_V = source.Small(prefix + "b_V", [keyHeads, dHead]);
        }

        B_O = attention.OutputBias ?? attention.Biases
            ? source.Small(prefix + "b_O", [dModel]) : null;
        Sinks = attention.Sinks ? source.Small(prefix + "sinks", [heads]) : null;
        RelativeBias = relative ?? (positions?.RelativeBuckets is { } buckets
            ? source.Small(prefix + "rel_pos_bias.weight", [buckets, heads]) : null);
        if (attention.QkNorm is { } norm)
        {
            QNorm = new QkNorm(prefix + "q_norm", heads, dHead, norm, source);
            KNorm = new QkNorm(prefix + "k_norm", keyHeads, dHead, norm, source);
        }
    }

    /// <summary>float32 [head, dModel, dHead]; stored [dModel, head, dHead], one matrix for all
    /// heads.</summary>
    public Parameter W_Q { get; }

    /// <summary>float32 [kvHead, dModel, dHead].</summary>
    public Parameter W_K { get; }

    /// <inheritdoc cref="W_K"/>
    public Parameter W_V { get; }

    /// <summary>float32 [head, dHead, dModel].</summary>
    public Parameter W_O { get; }

    /// <summary>float32 [head, dHead], or null.</summary>
    public Parameter? B_Q { get; }

    /// <summary>float32 [kvHead, dHead], or null.</summary>
    public Parameter? B_K { get; }

    /// <inheritdoc cref="B_K"/>
    public Parameter? B_V { get; }

    /// <summary>float32 [dModel], or null.</summary>
    public Parameter? B_O { get; }

    /// <summary>float32 [head]: the score of a key whose value is 0; null for none.</summary>
    public Parameter? Sinks { get; }

    /// <summary>float32 [bucket, head], added to the scores by distance; null for other kinds of
    /// positions.</summary>
    public Parameter? RelativeBias { get; }

    /// <summary>The norm of queries; null for none.</summary>
    public QkNorm? QNorm { get; }

    /// <summary>The norm of keys; null for none.</summary>
    public QkNorm? KNorm { get; }

    /// <summary>Every weight.</summary>
    public IEnumerable<Parameter> Parameters =>
        new[]
        {
            W_Q, W_K, W_V, W_O, B_Q, B_K, B_V, B_O, RelativeBias, Sinks,
        }.OfType<Parameter>().Concat([.. QNorm?.Parameters ?? [], .. KNorm?.Parameters ?? []]);

    /// <summary>Beyond how many positions keys are rotated anew; null for never.</summary>
    internal int? RotatesAnewFrom => _positions?.LongFrom;

    /// <summary>Queries, as they meet the keys.</summary>
    /// <param name="tape">The tape that records it.</param>
    /// <param name="x">float32 [batch, pos, dModel] or [batch, pos, head, dModel].</param>
    /// <param name="firstPosition">The position of the first.</param>
    /// <param name="hooks">For hook_q and hook_rot_q.</param>
    /// <returns>float32 [batch, pos, head, dHead].</returns>
    internal Var Queries(Tape tape, Var x, int firstPosition = 0, Hooks? hooks = null)
    {
        Var q = hooks.At(tape, _names.Q, Project(tape, x, W_Q, B_Q));
        return Placed(tape, q, QNorm, firstPosition, _names.RotQ, hooks);
    }

    /// <summary>Keys, as the queries meet them, float32 [batch, pos, kvHead, dHead].</summary>
    /// <inheritdoc cref="Queries" path="/param"/>
    internal Var Keys(Tape tape, Var x, int firstPosition = 0, Hooks? hooks = null)
    {
        Var k = hooks.At(tape, _names.K, Project(tape, x, W_K, B_K));
        return Placed(tape, k, KNorm, firstPosition, _names.RotK, hooks);
    }

    /// <summary>Values.</summary>
    /// <param name="tape">The tape that records it.</param>
    /// <param name="x">float32 [batch, pos, dModel] or [batch, pos, head, dModel].</param>
    /// <param name="hooks">For hook_v.</param>
    /// <returns>float32 [batch, pos, kvHead, dHead].</returns>
    internal Var Values(Tape tape, Var x, Hooks? hooks = null) =>
        Clipped(tape, hooks.At(tape, _names.V, Project(tape, x, W_V, B_V)));

    /// <summary>Values mixed by attention: fused, or explicit if a hook names scores or
    /// pattern.</summary>
    /// <param name="tape">The tape that records it.</param>
    /// <param name="q">float32 [batch, queryPos, head, dHead]: the last positions.</param>
    /// <param name="k">float32 [batch, keyPos, kvHead, dHead].</param>
    /// <param name="v">float32 [batch, keyPos, kvHead, dHead].</param>
    /// <param name="hooks">For hook_attn_scores, hook_pattern and hook_z.</param>
    /// <returns>z, float32 [batch, queryPos, head, dHead].</returns>
    public Var Mix(Tape tape, Var q, Var k, Var v, Hooks? hooks = null) =>
        Mix(tape, q, k, v, padding: null, hooks);

    /// <summary>As <see cref="Mix(Tape, Var, Var, Var, Hooks?)"/>, with padding among the
    /// keys.</summary>
    internal Var Mix(Tape tape, Var q, Var k, Var v, Padding? padding, Hooks? hooks)
    {
        int keys = k.Shape[1];
        Var? bias = _positions?.Bias(tape, RelativeBias, q.Shape[1], keys);  // [head, distance]
        Tensor<float>? mask = _positions is null
            ? padding?.Hidden : _positions.Mask(tape, padding, keys);
        Var? sinks = Sinks is null ? null : tape.Use(Sinks);
        if (!hooks.Want(_names.Scores) && !hooks.Want(_names.Pattern))
        {
            Var fused = tape.Attention(q, k, v, _form, bias, mask, sinks);
            return hooks.At(tape, _names.Z, fused);
        }

        Var scores = tape.AttentionScores(q, k, _form, bias, mask);
        scores = hooks.At(tape, _names.Scores, scores);
        Var pattern = hooks.At(tape, _names.Pattern, tape.AttentionPattern(scores, sinks));
        return hooks.At(tape, _names.Z, tape.AttentionWeightedSum(pattern, v));
    }

    /// <summary>The output of all heads together.</summary>
    /// <param name="tape">The tape that records it.</param>
    /// <param name="z">float32 [batch, pos, head, dHead].</param>
    /// <param name="hooks">For hook_result.</param>
    /// <returns>float32 [batch, pos, dModel].</returns>
    internal Var Output(Tape tape, Var z, Hooks? hooks = null)
    {
        Var w_O = tape.Use(W_O);
        Var? b_O = B_O is null ? null : tape.Use(B_O);
        if (!hooks.Want(_names.Result))
        {
            return Scaled(tape, tape.ProjectFromHeads(z, w_O, b_O));
        }

        Var result = tape.Transpose(tape.MatMul(tape.Transpose(z, 1, 2), w_O), 1, 2);
        result = hooks.At(tape, _names.Result, Scaled(tape, result));  // [batch, pos, head, dModel]
        Var sum = tape.Sum(result, axis: 2);
        return b_O is null ? sum : tape.Add(sum, Scaled(tape, b_O));
    }

    private Var Scaled(Tape tape, Var x) =>
        _outputScale is { } scale ? tape.Scale(x, scale) : x;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Parameter parameter in Parameters)
        {
            parameter.Dispose();
        }
    }

    /// <summary>The activations of a layer's heads with their shapes, in the order in which they
    /// are computed.</summary>
    internal static IEnumerable<(string Name, Shape Shape)> Activations(
        AttentionConfig attention, bool rotary, HeadNames names, int dModel, int batch,
        int queries, int keys)
    {
        Shape q = [batch, queries, attention.Heads, attention.DHead];
        Shape kv = [batch, keys, attention.KeyHeads, attention.DHead];
        Shape square = [batch, attention.Heads, queries, keys];
        yield return (names.Q, q);
        yield return (names.K, kv);
        yield return (names.V, kv);
        if (rotary)
        {
            yield return (names.RotQ, q);
            yield return (names.RotK, kv);
        }

        yield return (names.Scores, square);
        yield return (names.Pattern, square);
        yield return (names.Z, q);
        yield return (names.Result, [batch, queries, attention.Heads, dModel]);
    }

    /// <summary>Queries or keys clipped, normed and rotated.</summary>
    private Var Placed(
        Tape tape, Var x, QkNorm? norm, int firstPosition, string rotated, Hooks? hooks)
    {
        x = Clipped(tape, x);
        x = norm?.Forward(tape, x) ?? x;
        x = _positions?.IsRotary == true ? _positions.Rotate(tape, x, firstPosition) : x;
        return _positions?.IsOfRotaryModel == true ? hooks.At(tape, rotated, x) : x;
    }

    private Var Clipped(Tape tape, Var x) =>
        _clip is { } bound ? tape.Clamp(x, -bound, bound) : x;

    private static Var Project(Tape tape, Var x, Parameter weight, Parameter? bias)
    {
        Var? b = bias is null ? null : tape.Use(bias);
        if (x.Value.Rank == 3)
        {
            return tape.ProjectToHeads(x, tape.Use(weight), b);
        }

        Var own = tape.MatMul(tape.Transpose(x, 1, 2), tape.Use(weight));
        Var y = tape.Transpose(own, 1, 2);                       // [batch, pos, head, dHead]
        return b is null ? y : tape.Add(y, b);
    }
}
