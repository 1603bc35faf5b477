using Vitrine.Tensors;

namespace Vitrine.Autograd;

public static partial class TapeOps
{
    /// <summary>The scores that the softmax of attention is taken of, −∞ where hidden,
    /// differentiable; see <see cref="Ops.AttentionScores"/>.</summary>
    /// <param name="tape">The tape that records it.</param>
    /// <param name="q">float32 [batch, queryPos, head, dHead].</param>
    /// <param name="k">float32 [batch, keyPos, kvHead, dHead].</param>
    /// <param name="form">Which keys a query sees, scale and cap.</param>
    /// <param name="relativeBias">float32 [head, distance], or null.</param>
    /// <param name="mask">A constant added to the scores, or null.</param>
    /// <returns>float32 [batch, head, queryPos, keyPos].</returns>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var AttentionScores(
        this Tape tape, Var q, Var k, AttentionForm form = default,
        Var? relativeBias = null, Tensor<float>? mask = null) =>
        tape.Record(
            new AttentionScoresRule(q, k, relativeBias, form),
            Ops.AttentionScores(q.Value, k.Value, form, relativeBias?.Value, mask));
}

/// <summary><c>score = scale · q kᵀ + relativeBias + mask: dQ += scale · dScore k,
/// dK += scale · dScoreᵀ q, dRelativeBias += Σ dScore by distance</c></summary>
internal sealed class AttentionScoresRule(
    Var q, Var k, Var? relativeBias, AttentionForm form)
    : Rule(q, k, relativeBias)
{
    private readonly Saved<float> _q = new(q.Value);
    private readonly Saved<float> _k = new(k.Value);

    public override void Backward(Tensor<float> dScores) => Ops.AttentionScoresBackward(
        _q.For(this), _k.For(this), dScores, IntoIfWanted(q), IntoIfWanted(k),
        IntoIfWanted(relativeBias), form);
}
