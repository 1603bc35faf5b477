using Vitrine.Autograd;
using Vitrine.Tensors;

namespace Vitrine.Models;

/// <summary>Tokens into the residual stream: <c>x[b, i] = W_E[tokens[b, i]]</c>.</summary>
public sealed class Embed : IDisposable
{
    /// <summary>Takes ownership of the weights.</summary>
    /// <param name="w_E">float32 [vocab, dModel].</param>
    internal Embed(Tensor<float> w_E) => W_E = new Parameter("embed.W_E", w_E);

    /// <summary>float32 [vocab, dModel]: a row for each token.</summary>
    public Parameter W_E { get; }

    /// <summary>float32 [.., dModel] for tokens int32 [..].</summary>
    public Var Forward(Tape tape, Tensor<int> tokens) => tape.GatherRows(tape.Use(W_E), tokens);

    /// <inheritdoc/>
    public void Dispose() => W_E.Dispose();
}
