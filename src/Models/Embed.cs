using Vitrine.Autograd;
using Vitrine.Tensors;

namespace Vitrine.Models;

/// <summary>Tokens into the residual stream: <c>x[b, i] = W_E[tokens[b, i]]</c>.</summary>
public sealed class Embed : IDisposable
{
    internal Embed(TransformerConfig config, ParameterSource source) =>
        W_E = source.Matrix("embed.W_E", [config.Vocabulary, config.DModel]);

    /// <summary>float32 [vocab, dModel]: a row for each token.</summary>
    public Parameter W_E { get; }

    /// <summary>float32 [.., dModel] for tokens int32 [..].</summary>
    public Var Forward(Tape tape, Tensor<int> tokens) => tape.GatherRows(tape.Use(W_E), tokens);

    /// <inheritdoc/>
    public void Dispose() => W_E.Dispose();
}
