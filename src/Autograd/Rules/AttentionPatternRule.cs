using Vitrine.Tensors;

namespace Vitrine.Autograd;

public static partial class TapeOps
{
    /// <summary>The attention of each query, the softmax of its scores, 0 where it sees nothing,
    /// differentiable; see <see cref="Ops.AttentionPattern"/>.</summary>
    /// <param name="tape">The tape that records it.</param>
    /// <param name="scores">float32 [batch, head, queryPos, keyPos].</param>
    /// <param name="sinks">float32 [head], or null.</param>
    /// <returns>float32, of the scores' shape.</returns>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var AttentionPattern(this Tape tape, Var scores, Var? sinks = null)
    {
        Tensor<float> pattern = Ops.AttentionPattern(scores.Value, sinks: sinks?.Value);
        return tape.Record(new AttentionPatternRule(scores, sinks, pattern), pattern);
    }
}

/// <summary><c>dScore += pattern ∘ (dPattern − Σ dPattern ∘ pattern),
/// dSinks −= Σ (1 − Σ pattern) · Σ dPattern ∘ pattern</c></summary>
internal sealed class AttentionPatternRule(Var scores, Var? sinks, Tensor<float> pattern)
    : Rule(scores, sinks)
{
    private readonly Saved<float> _pattern = new(pattern);

    public override void Backward(Tensor<float> dPattern)
    {
        Tensor<float> p = _pattern.For(this);
        if (Wants(scores))
        {
            Ops.SoftmaxBackward(p, dPattern, into: Into(scores), accumulate: true);
        }

        if (Wants(sinks))
        {
            using Tensor<float> products = Ops.Multiply(p, dPattern);
            using Tensor<float> means = Ops.Sum(products, axis: -1);       // [batch, head, queryPos]
            using Tensor<float> seen = Ops.Sum(p, axis: -1);
            Ops.Multiply(seen, means, into: seen);
            Ops.Subtract(seen, means, into: seen);
            using Tensor<float> each = Ops.Sum(seen, axis: -1);
            AddTo(sinks!, each);
        }
    }
}
