using Vitrine.Autograd;
using Vitrine.Tensors;

namespace Vitrine.Models;

/// <summary>The residual stream into logits: <c>logits = x W_U + b_U</c>.</summary>
public sealed class Unembed : IDisposable
{
    /// <summary>Takes ownership of the weights.</summary>
    /// <param name="w_U">float32 [vocab, dModel], the layout in which a token's weights lie
    /// together.</param>
    /// <param name="b_U">float32 [vocab].</param>
    internal Unembed(Tensor<float> w_U, Tensor<float> b_U)
    {
        W_U = new Parameter("unembed.W_U", w_U, static x => x.Transpose());
        B_U = new Parameter("unembed.b_U", b_U);
    }

    /// <summary>float32 [dModel, vocab]: a column for each token; stored [vocab, dModel].</summary>
    public Parameter W_U { get; }

    /// <summary>float32 [vocab]: what is predicted where the stream says nothing.</summary>
    public Parameter B_U { get; }

    /// <summary>float32 [.., vocab] for x float32 [.., dModel].</summary>
    public Var Forward(Tape tape, Var x) => tape.Add(tape.MatMul(x, W_U), B_U);

    /// <summary>The cross-entropy of the logits in nats, without holding the logits.</summary>
    /// <param name="tape">Where it is recorded.</param>
    /// <param name="x">float32 [.., dModel].</param>
    /// <param name="targets">int32 [..].</param>
    /// <returns>float32 [n], n the number of targets.</returns>
    public Var Losses(Tape tape, Var x, Tensor<int> targets) => tape.LinearCrossEntropy(
        tape.Reshape(x, -1, x.Shape[-1]), W_U, B_U, targets.Reshape(-1));

    /// <summary>The weighted sum of <see cref="Losses"/>, the cheaper way to train.</summary>
    /// <param name="tape">Where it is recorded.</param>
    /// <param name="x">float32 [.., dModel].</param>
    /// <param name="targets">int32 [..].</param>
    /// <param name="weights">float32 [n]: 1/n for the mean.</param>
    /// <returns>float32 [].</returns>
    public Var Loss(Tape tape, Var x, Tensor<int> targets, Tensor<float> weights) =>
        tape.LinearCrossEntropySum(
            tape.Reshape(x, -1, x.Shape[-1]), W_U, B_U, targets.Reshape(-1), weights);

    /// <inheritdoc/>
    public void Dispose()
    {
        W_U.Dispose();
        B_U.Dispose();
    }
}
