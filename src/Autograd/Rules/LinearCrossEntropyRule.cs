using Vitrine.Tensors;

namespace Vitrine.Autograd;

public static partial class TapeOps
{
    /// <summary>A linear layer and the cross-entropy of its logits, in nats, without holding the
    /// logits; differentiable; see <see cref="Ops.LinearCrossEntropy"/>.
    /// <code>
    /// logits[i, v] = x[i] · weight[:, v] + bias[v]
    /// loss[i] = log Σ_v exp logits[i, v] − logits[i, targets[i]]
    /// </code></summary>
    /// <param name="tape">Where it is recorded.</param>
    /// <param name="x">float32 [n, dModel].</param>
    /// <param name="weight">float32 [dModel, vocab].</param>
    /// <param name="bias">float32 [vocab], or null.</param>
    /// <param name="targets">int32 [n].</param>
    /// <returns>float32 [n].</returns>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var LinearCrossEntropy(
        this Tape tape, Var x, Var weight, Var? bias, Tensor<int> targets)
    {
        if (!tape.Records || !(x.RequiresGrad || weight.RequiresGrad || bias is { RequiresGrad: true }))
        {
            Tensor<float> only = Ops.LinearCrossEntropy(
                x.Value, weight.Value, bias?.Value, targets, out Tensor<float> unused);
            unused.Dispose();
            return tape.Record(new LinearCrossEntropyRule(x, weight, bias, targets, default), only);
        }

        using Tensor<float> ones = Tensor.Full([x.Shape[0]], 1f, x.Value.Device);
        var gradients = new LinearCrossEntropyGradients(
            Buffer(tape, x), Buffer(tape, weight), Buffer(tape, bias));
        Tensor<float> loss = Ops.LinearCrossEntropyWithGradients(
            x.Value, weight.Value, bias?.Value, targets, ones, out Tensor<float> logSumExp,
            gradients.DX, gradients.DWeight, gradients.DBias);
        gradients = gradients with { LogSumExp = tape.Own(logSumExp) };
        return tape.Record(new LinearCrossEntropyRule(x, weight, bias, targets, gradients), loss);
    }

    /// <summary>Room for a gradient, laid out as the value is.</summary>
    private static Tensor<float>? Buffer(Tape tape, Var? input)
    {
        if (input is not { RequiresGrad: true })
        {
            return null;
        }

        bool isTransposed = input.Value is { Rank: 2, IsContiguous: false } value && value.Strides[0] == 1;
        return isTransposed
            ? tape.Own(Tensor.Empty<float>([input.Shape[1], input.Shape[0]], input.Value.Device)).Transpose()
            : tape.Own(Tensor.Empty<float>(input.Shape, input.Value.Device));
    }
}

/// <summary>What the forward pass leaves: the gradients of Σ loss, and the log-sum-exp.</summary>
internal readonly record struct LinearCrossEntropyGradients(
    Tensor<float>? DX, Tensor<float>? DWeight, Tensor<float>? DBias, Tensor<float>? LogSumExp = null);

/// <summary>
/// <code>
/// dLogits[i, v] = dLoss[i] · (exp(logits[i, v] − logSumExp[i]) − [v = targets[i]])
/// dX += dLogits · weightᵀ,  dWeight += xᵀ · dLogits,  dBias += Σᵢ dLogits[i, ·]
/// </code>
/// The forward pass has computed these for dLoss = 1 along with the loss, without a fourth product.
/// A mean or a sum sends one and the same dLoss to every token: then they are only scaled. Any other
/// dLoss takes the backward op.
/// </summary>
internal sealed class LinearCrossEntropyRule(
    Var x, Var weight, Var? bias, Tensor<int> targets, LinearCrossEntropyGradients gradients)
    : Rule(x, weight, bias)
{
    private readonly Saved<float> _x = new(x.Value);
    private readonly Saved<float> _weight = new(weight.Value);
    private readonly Saved<float>? _bias = bias is null ? null : new(bias.Value);
    private readonly Saved<int> _targets = new(targets);

    public override void Backward(Tensor<float> dLoss)
    {
        (Tensor<float> savedX, Tensor<float> savedWeight) = (_x.For(this), _weight.For(this));
        (Tensor<float>? savedBias, Tensor<int> savedTargets) = (_bias?.For(this), _targets.For(this));
        if (IsUniform(dLoss))
        {
            float factor = dLoss.Length == 0 ? 0 : dLoss[0];
            Add(x, gradients.DX, factor);
            Add(weight, gradients.DWeight, factor);
            Add(bias, gradients.DBias, factor);
        }
        else
        {
            Ops.LinearCrossEntropyBackward(
                savedX, savedWeight, savedBias, savedTargets, gradients.LogSumExp!, dLoss,
                IntoIfWanted(x), IntoIfWanted(weight), IntoIfWanted(bias));
        }
    }

    private static bool IsUniform(Tensor<float> dLoss) =>
        dLoss.IsContiguous && (dLoss.Length == 0 || !dLoss.Span.ContainsAnyExcept(dLoss.Span[0]));

    private void Add(Var? input, Tensor<float>? gradient, float factor)
    {
        if (gradient is not null)
        {
            Tensor<float> into = Into(input!);
            Ops.AddScaled(into, gradient, factor, into: into);
        }
    }
}
