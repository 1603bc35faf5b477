using Vitrine.Autograd;
using Vitrine.Models.Positions;
using Vitrine.Tensors;

namespace Vitrine.Models;

/// <summary>The heads of one layer: queries, keys, values and output.
/// <code>
/// q = x W_Q + b_Q,  k = x W_K + b_K,  v = x W_V + b_V          for each head
/// z[i] = Σ_j softmax_j(scale · q[i] · k[j] + bias[i − j]) v[j],  j ≤ i
/// out = Σ_heads z W_O + b_O
/// </code></summary>
public sealed class AttentionLayer : IDisposable
{
    private readonly float _scale;
    private readonly bool _rotary;
    private readonly Names _names;
    private readonly PositionTables _positions;

    internal AttentionLayer(
        TransformerConfig config, int layer, ParameterSource source, PositionTables positions)
    {
        AttentionConfig attention = config.Attention![layer];
        (int heads, int dModel, int dHead) = (attention.Heads, config.DModel, attention.DHead);
        (_positions, _names) = (positions, new Names(layer));
        _scale = attention.ScoreScale;
        _rotary = config.Positions.Kind == PositionKind.Rotary;
        string prefix = $"blocks.{layer}.attn.";
        W_Q = Reading("W_Q");
        W_K = Reading("W_K");
        W_V = Reading("W_V");
        W_O = source.Matrix(prefix + "W_O", [heads, dHead, dModel]);
        if (attention.Biases)
        {
            B_Q = source.Small(prefix + "b_Q", [heads, dHead]);
            B_K = source.Small(prefix + "b_K", [heads, dHead]);
            B_V = source.Small(prefix + "b_V", [heads, dHead]);
            B_O = source.Small(prefix + "b_O", [dModel]);
        }

        if (config.Positions.Kind == PositionKind.Relative)
        {
            RelativeBias = source.Small(
                prefix + "rel_pos_bias.weight", [config.Positions.RelativeBuckets, heads]);
        }

        Parameter Reading(string name) =>
            source.Matrix(prefix + name, [dModel, heads, dHead], (0, 1));
    }

    /// <summary>float32 [head, dModel, dHead]; stored [dModel, head, dHead], one matrix for all
    /// heads.</summary>
    public Parameter W_Q { get; }

    /// <inheritdoc cref="W_Q"/>
    public Parameter W_K { get; }

    /// <inheritdoc cref="W_Q"/>
    public Parameter W_V { get; }

    /// <summary>float32 [head, dHead, dModel].</summary>
    public Parameter W_O { get; }

    /// <summary>float32 [head, dHead], or null.</summary>
    public Parameter? B_Q { get; }

    /// <inheritdoc cref="B_Q"/>
    public Parameter? B_K { get; }

    /// <inheritdoc cref="B_Q"/>
    public Parameter? B_V { get; }

    /// <summary>float32 [dModel], or null.</summary>
    public Parameter? B_O { get; }

    /// <summary>float32 [bucket, head], added to the scores by distance; null for other kinds of
    /// positions.</summary>
    public Parameter? RelativeBias { get; }

    /// <summary>Every weight.</summary>
    public IEnumerable<Parameter> Parameters =>
        new[] { W_Q, W_K, W_V, W_O, B_Q, B_K, B_V, B_O, RelativeBias }.OfType<Parameter>();

    /// <summary>Queries, rotated if positions are rotary.</summary>
    /// <param name="tape">The tape that records it.</param>
    /// <param name="x">float32 [batch, pos, dModel] or [batch, pos, head, dModel].</param>
    /// <param name="firstPosition">The position of the first.</param>
    /// <param name="hooks">For hook_q and hook_rot_q.</param>
    /// <returns>float32 [batch, pos, head, dHead].</returns>
    internal Var Queries(Tape tape, Var x, int firstPosition = 0, Hooks? hooks = null)
    {
        Var q = hooks.At(tape, _names.Q, Project(tape, x, W_Q, B_Q));
        return _rotary
            ? hooks.At(tape, _names.RotQ, _positions.Rotate(tape, q, firstPosition)) : q;
    }

    /// <summary>Keys, rotated if positions are rotary.</summary>
    /// <inheritdoc cref="Queries"/>
    internal Var Keys(Tape tape, Var x, int firstPosition = 0, Hooks? hooks = null)
    {
        Var k = hooks.At(tape, _names.K, Project(tape, x, W_K, B_K));
        return _rotary
            ? hooks.At(tape, _names.RotK, _positions.Rotate(tape, k, firstPosition)) : k;
    }

    /// <summary>Values.</summary>
    /// <param name="tape">The tape that records it.</param>
    /// <param name="x">float32 [batch, pos, dModel] or [batch, pos, head, dModel].</param>
    /// <param name="hooks">For hook_v.</param>
    /// <returns>float32 [batch, pos, head, dHead].</returns>
    internal Var Values(Tape tape, Var x, Hooks? hooks = null) =>
        hooks.At(tape, _names.V, Project(tape, x, W_V, B_V));

    /// <summary>Values mixed by attention: fused, or explicit if a hook names scores or
    /// pattern.</summary>
    /// <param name="tape">The tape that records it.</param>
    /// <param name="q">float32 [batch, queryPos, head, dHead]: the last positions.</param>
    /// <param name="k">float32 [batch, keyPos, head, dHead].</param>
    /// <param name="v">float32 [batch, keyPos, head, dHead].</param>
    /// <param name="hooks">For hook_attn_scores, hook_pattern and hook_z.</param>
    /// <returns>z, float32 [batch, queryPos, head, dHead].</returns>
    public Var Mix(Tape tape, Var q, Var k, Var v, Hooks? hooks = null)
    {
        Var? bias = _positions.Bias(tape, RelativeBias, k.Shape[1]);  // [head, distance]
        if (!hooks.Want(_names.Scores) && !hooks.Want(_names.Pattern))
        {
            Var fused = tape.Attention(q, k, v, scale: _scale, relativeBias: bias);
            return hooks.At(tape, _names.Z, fused);
        }

        Var scores = tape.AttentionScores(q, k, scale: _scale, relativeBias: bias);
        scores = hooks.At(tape, _names.Scores, scores);
        Var pattern = hooks.At(tape, _names.Pattern, tape.AttentionPattern(scores));
        return hooks.At(tape, _names.Z, tape.AttentionWeightedSum(pattern, v));
    }

    /// <summary>The output of all heads together.</summary>
    /// <param name="tape">The tape that records it.</param>
    /// <param name="z">float32 [batch, pos, head, dHead].</param>
    /// <param name="hooks">For hook_result and hook_attn_out.</param>
    /// <returns>float32 [batch, pos, dModel].</returns>
    internal Var Output(Tape tape, Var z, Hooks? hooks = null)
    {
        Var w_O = tape.Use(W_O);
        Var? b_O = B_O is null ? null : tape.Use(B_O);
        if (!hooks.Want(_names.Result))
        {
            return hooks.At(tape, _names.AttnOut, tape.ProjectFromHeads(z, w_O, b_O));
        }

        Var result = tape.Transpose(tape.MatMul(tape.Transpose(z, 1, 2), w_O), 1, 2);
        result = hooks.At(tape, _names.Result, result);          // [batch, pos, head, dModel]
        Var sum = tape.Sum(result, axis: 2);
        return hooks.At(tape, _names.AttnOut, b_O is null ? sum : tape.Add(sum, b_O));
    }

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
        TransformerConfig config, int layer, int batch, int pos)
    {
        AttentionConfig attention = config.Attention![layer];
        Shape heads = [batch, pos, attention.Heads, attention.DHead];
        Shape square = [batch, attention.Heads, pos, pos];
        yield return (HookNames.Q(layer), heads);
        yield return (HookNames.K(layer), heads);
        yield return (HookNames.V(layer), heads);
        if (config.Positions.Kind == PositionKind.Rotary)
        {
            yield return (HookNames.RotQ(layer), heads);
            yield return (HookNames.RotK(layer), heads);
        }

        yield return (HookNames.AttnScores(layer), square);
        yield return (HookNames.Pattern(layer), square);
        yield return (HookNames.Z(layer), heads);
        yield return (HookNames.Result(layer), [batch, pos, attention.Heads, config.DModel]);
        yield return (HookNames.AttnOut(layer), [batch, pos, config.DModel]);
    }

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

    /// <summary>The names of the layer's activations, made once.</summary>
    private sealed class Names(int layer)
    {
        public readonly string Q = HookNames.Q(layer);
        public readonly string K = HookNames.K(layer);
        public readonly string V = HookNames.V(layer);
        public readonly string RotQ = HookNames.RotQ(layer);
        public readonly string RotK = HookNames.RotK(layer);
        public readonly string Scores = HookNames.AttnScores(layer);
        public readonly string Pattern = HookNames.Pattern(layer);
        public readonly string Z = HookNames.Z(layer);
        public readonly string Result = HookNames.Result(layer);
        public readonly string AttnOut = HookNames.AttnOut(layer);
    }
}
