using Vitrine.Tensors;

namespace Vitrine.Autograd;

public static partial class TapeOps
{
    /// <summary>The attention of each query, the softmax of its scores, 0 where it sees nothing,
    /// differentiable; see <see cref="Ops.AttentionPattern"/>.</summary>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var AttentionPattern(this Tape tape, Var scores)
    {
        Tensor<float> pattern = Ops.AttentionPattern(scores.Value);
        return tape.Record(new AttentionPatternRule(scores, pattern), pattern);
    }
}

/// <summary><c>dScore += pattern ∘ (dPattern − Σ dPattern ∘ pattern)</c></summary>
internal sealed class AttentionPatternRule(Var scores, Tensor<float> pattern) : Rule(scores)
{
    private readonly Saved<float> _pattern = new(pattern);

    public override void Backward(Tensor<float> dPattern) =>
        Ops.SoftmaxBackward(_pattern.For(this), dPattern, into: Into(scores), accumulate: true);
}
