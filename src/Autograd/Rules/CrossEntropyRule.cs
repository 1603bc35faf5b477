using Vitrine.Tensors;

namespace Vitrine.Autograd;

public static partial class TapeOps
{
    /// <summary><c>loss[i] = log Σ_v exp logits[i, v] − logits[i, targets[i]]</c> in nats,
    /// differentiable; see <see cref="Ops.CrossEntropy"/>.</summary>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var CrossEntropy(this Tape tape, Var logits, Tensor<int> targets) =>
        tape.Record(
            new CrossEntropyRule(logits, targets), Ops.CrossEntropy(logits.Value, targets));
}

/// <summary><c>dLogits[i, v] += dLoss[i] · (softmax(logits[i])[v] − [v = targets[i]])</c></summary>
internal sealed class CrossEntropyRule(Var logits, Tensor<int> targets) : Rule(logits)
{
    private readonly Saved<float> _logits = new(logits.Value);
    private readonly Saved<int> _targets = new(targets);

    public override void Backward(Tensor<float> dLoss) => Ops.CrossEntropyBackward(
        _logits.For(this), _targets.For(this), dLoss, into: Into(logits), accumulate: true);
}
