using Vitrine.Tensors;

namespace Vitrine.Autograd;

public static partial class TapeOps
{
    /// <summary>A linear layer and the cross-entropy of its logits, in nats, without holding the
    /// logits, differentiable; see <c>Ops.LinearCrossEntropy</c>.
    /// <code>
    /// logits[i, v] = x[i] · weight[:, v] + bias[v]
    /// loss[i] = log Σ_v exp logits[i, v] − logits[i, targets[i]]
    /// </code></summary>
    /// <param name="tape">The tape that records it.</param>
    /// <param name="x">float32 [n, dModel].</param>
    /// <param name="weight">float32 [dModel, vocab].</param>
    /// <param name="bias">float32 [vocab], or null.</param>
    /// <param name="targets">int32 [n].</param>
    /// <returns>float32 [n].</returns>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var LinearCrossEntropy(
        this Tape tape, Var x, Var weight, Var? bias, Tensor<int> targets)
    {
        if (weight.Stored is { } stored)
        {
            return tape.LinearCrossEntropy(x, stored, bias, targets);
        }

        return tape.Record(
            new LinearCrossEntropyRule(x, weight, bias, targets),
            Ops.LinearCrossEntropy(x.Value, weight.Value, bias?.Value, targets));
    }

    /// <summary>The cross-entropy of a linear layer with a weight of any element type, which is a
    /// constant: differentiable by <paramref name="x"/> and <paramref name="bias"/>.</summary>
    /// <param name="tape">The tape that records it.</param>
    /// <param name="x">float32 [n, dModel].</param>
    /// <param name="weight">[dModel, vocab].</param>
    /// <param name="bias">float32 [vocab], or null.</param>
    /// <param name="targets">int32 [n].</param>
    /// <returns>float32 [n].</returns>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var LinearCrossEntropy(
        this Tape tape, Var x, Weight weight, Var? bias, Tensor<int> targets) => tape.Record(
            new LinearCrossEntropyByWeightRule(x, weight, bias, targets),
            Ops.LinearCrossEntropy(x.Value, weight, bias?.Value, targets));
}

/// <summary><c>dX += dLogits · weightᵀ,  dBias += Σᵢ dLogits[i, ·]</c>; the weight is a
/// constant.</summary>
internal sealed class LinearCrossEntropyByWeightRule(
    Var x, Weight weight, Var? bias, Tensor<int> targets) : Rule(x, bias)
{
    private readonly Saved<float> _x = new(x.Value);
    private readonly SavedWeight _weight = new(weight);
    private readonly Saved<float>? _bias = bias is null ? null : new(bias.Value);
    private readonly Saved<int> _targets = new(targets);

    public override void Backward(Tensor<float> dLoss) => Ops.LinearCrossEntropyBackward(
        _x.For(this), _weight.For(this), _bias?.For(this), _targets.For(this), dLoss,
        IntoIfWanted(x), IntoIfWanted(bias));
}

/// <summary>
/// <code>
/// dLogits[i, v] = dLoss[i] · (exp(logits[i, v] − logSumExp[i]) − [v = targets[i]])
/// dX += dLogits · weightᵀ,  dWeight += xᵀ · dLogits,  dBias += Σᵢ dLogits[i, ·]
/// </code>
/// </summary>
internal sealed class LinearCrossEntropyRule(
    Var x, Var weight, Var? bias, Tensor<int> targets) : Rule(x, weight, bias)
{
    private readonly Saved<float> _x = new(x.Value);
    private readonly Saved<float> _weight = new(weight.Value);
    private readonly Saved<float>? _bias = bias is null ? null : new(bias.Value);
    private readonly Saved<int> _targets = new(targets);

    public override void Backward(Tensor<float> dLoss) => Ops.LinearCrossEntropyBackward(
        _x.For(this), _weight.For(this), _bias?.For(this), _targets.For(this), dLoss,
        IntoIfWanted(x), IntoIfWanted(weight), IntoIfWanted(bias));
}
