using Vitrine.Tensors;

namespace Vitrine.Autograd;

public static partial class TapeOps
{
    /// <summary>The weighted sum of <c>LinearCrossEntropy</c>, whose gradients are found
    /// together with it: three matrix products for a training step instead of four.
    /// <code>
    /// logits[i, v] = x[i] · weight[:, v] + bias[v]
    /// y = Σᵢ weights[i] · (log Σ_v exp logits[i, v] − logits[i, targets[i]])
    /// </code></summary>
    /// <remarks>The gradients are held until the backward pass and take as much memory as the
    /// weight. For one loss per target, use <c>LinearCrossEntropy</c>.</remarks>
    /// <param name="tape">The tape that records it.</param>
    /// <param name="x">float32 [n, dModel].</param>
    /// <param name="weight">float32 [dModel, vocab].</param>
    /// <param name="bias">float32 [vocab], or null.</param>
    /// <param name="targets">int32 [n].</param>
    /// <param name="weights">float32 [n]: 1/n for the mean.</param>
    /// <returns>float32 [], in nats.</returns>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var LinearCrossEntropySum(
        this Tape tape, Var x, Var weight, Var? bias, Tensor<int> targets, Tensor<float> weights)
    {
        var rule = new LinearCrossEntropySumRule(tape, x, weight, bias);
        using Tensor<float> losses = tape.Records && rule.RequiresGrad
            ? Ops.LinearCrossEntropyWithGradients(
                x.Value, weight.Value, bias?.Value, targets, weights,
                rule.DX, rule.DWeight, rule.DBias)
            : Ops.LinearCrossEntropy(x.Value, weight.Value, bias?.Value, targets);
        Ops.Multiply(losses, weights, into: losses);
        return tape.Record(rule, Ops.Sum(losses));
    }
}

/// <summary>
/// <code>
/// dLogits[i, v] = weights[i] · (exp(logits[i, v] − logSumExp[i]) − [v = targets[i]])
/// dX += dY · (dLogits · weightᵀ),  dWeight += dY · (xᵀ · dLogits),  dBias += dY · Σᵢ dLogits[i, ·]
/// </code>
/// </summary>
/// <remarks>The expressions in brackets were computed with the value, so nothing else is
/// saved.</remarks>
internal sealed class LinearCrossEntropySumRule(Tape tape, Var x, Var weight, Var? bias)
    : Rule(x, weight, bias)
{
    public Tensor<float>? DX { get; } = Buffer(tape, x);

    public Tensor<float>? DWeight { get; } = Buffer(tape, weight);

    public Tensor<float>? DBias { get; } = Buffer(tape, bias);

    public override void Backward(Tensor<float> dY)
    {
        float factor = dY.Scalar();
        Add(x, DX, factor);
        Add(weight, DWeight, factor);
        Add(bias, DBias, factor);
    }

    /// <summary>Memory for an input's gradient, laid out as the input is.</summary>
    private static Tensor<float>? Buffer(Tape tape, Var? input)
    {
        if (!tape.Records || !Wants(input))
        {
            return null;
        }

        return LiesTransposed(input!.Value)
            ? tape.Own(Tensor.Empty<float>(
                [input.Shape[1], input.Shape[0]], input.Value.Device)).Transpose()
            : tape.Own(Tensor.Empty<float>(input.Shape, input.Value.Device));
    }

    private void Add(Var? input, Tensor<float>? gradient, float factor)
    {
        if (gradient is not null)
        {
            Tensor<float> into = Into(input!);
            if (LiesTransposed(gradient) && LiesTransposed(into))
            {
                // The same sum, along memory.
                (gradient, into) = (gradient.Transpose(), into.Transpose());
            }

            Ops.AddScaled(into, gradient, factor, into: into);
        }
    }

    private static bool LiesTransposed(Tensor<float> tensor) =>
        tensor.Rank == 2 && !tensor.IsContiguous
        && tensor.Strides[0] == 1 && tensor.Strides[1] == tensor.Shape[0];
}
