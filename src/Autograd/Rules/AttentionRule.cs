using Vitrine.Tensors;

namespace Vitrine.Autograd;

public static partial class TapeOps
{
    /// <summary>Attention of every head without holding the pattern, differentiable; see
    /// <see cref="Ops.Attention"/>.
    /// <code>
    /// score = scale · q kᵀ + relativeBias + mask,  z = softmax(score) v
    /// </code></summary>
    /// <param name="tape">The tape that records it.</param>
    /// <param name="q">float32 [batch, queryPos, head, dHead].</param>
    /// <param name="k">float32 [batch, keyPos, kvHead, dHead].</param>
    /// <param name="v">float32 [batch, keyPos, kvHead, dHead].</param>
    /// <param name="form">Which keys a query sees, scale and cap.</param>
    /// <param name="relativeBias">float32 [head, distance], or null.</param>
    /// <param name="mask">A constant added to the scores, or null.</param>
    /// <param name="sinks">float32 [head], or null.</param>
    /// <returns>z, float32 [batch, queryPos, head, dHead].</returns>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var Attention(
        this Tape tape, Var q, Var k, Var v, AttentionForm form = default,
        Var? relativeBias = null, Tensor<float>? mask = null, Var? sinks = null)
    {
        Tensor<float> z = Ops.Attention(
            q.Value, k.Value, v.Value, out Tensor<float> normaliser, form, relativeBias?.Value,
            mask, sinks?.Value);
        tape.Own(normaliser);
        return tape.Record(
            new AttentionRule(q, k, v, relativeBias, mask, sinks, form, z, normaliser), z);
    }
}

/// <summary>
/// <code>
/// pattern = softmax(score),  dScore = pattern ∘ (dZ vᵀ − Σ dZ ∘ z)
/// dQ += scale · dScore k,  dK += scale · dScoreᵀ q,  dV += patternᵀ dZ
/// dRelativeBias += Σ dScore by distance,  dSinks −= Σ exp(sink − logSumExp) · Σ dZ ∘ z
/// </code>
/// </summary>
internal sealed class AttentionRule(
    Var q, Var k, Var v, Var? relativeBias, Tensor<float>? mask, Var? sinks, AttentionForm form,
    Tensor<float> z, Tensor<float> normaliser) : Rule(q, k, v, relativeBias, sinks)
{
    private readonly Saved<float> _q = new(q.Value);
    private readonly Saved<float> _k = new(k.Value);
    private readonly Saved<float> _v = new(v.Value);
    private readonly Saved<float>? _relativeBias =
        relativeBias is null ? null : new(relativeBias.Value);

    private readonly Rare? _rare = mask is null && sinks is null ? null : new(mask, sinks);
    private readonly Saved<float> _z = new(z);
    private readonly Saved<float> _normaliser = new(normaliser);

    public override void Backward(Tensor<float> dZ) => Ops.AttentionBackward(
        _q.For(this), _k.For(this), _v.For(this), _z.For(this), _normaliser.For(this), dZ,
        IntoIfWanted(q), IntoIfWanted(k), IntoIfWanted(v), IntoIfWanted(relativeBias),
        IntoIfWanted(sinks), form, _relativeBias?.For(this),
        _rare?.Mask?.For(this), _rare?.Sinks?.For(this));

    /// <summary>What few attentions have, apart from a rule that every step makes.</summary>
    private sealed class Rare(Tensor<float>? mask, Var? sinks)
    {
        public Saved<float>? Mask { get; } = mask is null ? null : new(mask);

        public Saved<float>? Sinks { get; } = sinks is null ? null : new(sinks.Value);
    }
}
