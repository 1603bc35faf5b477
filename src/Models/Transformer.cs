using Vitrine.Autograd;
using Vitrine.Tensors;

namespace Vitrine.Models;

/// <summary>A decoder-only transformer, driven by its config; it owns its weights.</summary>
/// <remarks>
/// Weights carry TransformerLens' names and shapes. <see cref="Forward"/> read from top to bottom is
/// the figure of the paper; with no layers yet between embedding and unembedding, it is a bigram
/// model: <c>logits = W_E[token] W_U + b_U</c>.
/// </remarks>
public sealed partial class Transformer : IDisposable
{
    /// <summary>Takes ownership of the parts.</summary>
    private Transformer(TransformerConfig config, Embed embed, Unembed unembed)
    {
        Config = config;
        Embed = embed;
        Unembed = unembed;
        Parameters = [embed.W_E, unembed.W_U, unembed.B_U];
    }

    /// <summary>The model's shape.</summary>
    public TransformerConfig Config { get; }

    /// <summary>Tokens into the residual stream.</summary>
    public Embed Embed { get; }

    /// <summary>The residual stream into logits.</summary>
    public Unembed Unembed { get; }

    /// <summary>Every weight, in the order of the forward pass.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>The logits of the next token at every position.</summary>
    /// <param name="tape">Where it is recorded; it owns the result.</param>
    /// <param name="tokens">int32 [batch, pos].</param>
    /// <returns>float32 [batch, pos, vocab].</returns>
    public Var Forward(Tape tape, Tensor<int> tokens)
    {
        Var resid = Embed.Forward(tape, tokens);  // [batch, pos, dModel]
        return Unembed.Forward(tape, resid);      // [batch, pos, vocab]
    }

    /// <summary>The cross-entropy of every next token, in nats.</summary>
    /// <remarks>Without layers the stream at a position depends on its token alone, so what is the same
    /// for equal tokens is computed once for all of them.</remarks>
    /// <param name="tape">Where it is recorded; it owns the result.</param>
    /// <param name="tokens">int32 [batch, pos].</param>
    /// <param name="targets">int32 [batch, pos]: the token after each.</param>
    /// <returns>float32 [batch · pos]; the logits are never held.</returns>
    public Var Losses(Tape tape, Tensor<int> tokens, Tensor<int> targets)
    {
        DistinctTokens distinct = tape.Own(new DistinctTokens(tokens, Config.Vocabulary));
        Var resid = Embed.Forward(tape, distinct.Tokens);                            // [distinct, dModel]
        return Unembed.Losses(tape, resid, distinct.Rows, targets.Reshape(-1));      // [batch · pos]
    }

    /// <summary>The weighted sum of <see cref="Losses"/>, the cheaper way to train.</summary>
    /// <param name="tape">Where it is recorded; it owns the result.</param>
    /// <param name="tokens">int32 [batch, pos].</param>
    /// <param name="targets">int32 [batch, pos]: the token after each.</param>
    /// <param name="weights">float32 [batch · pos]; null for the mean, in nats per token.</param>
    /// <returns>float32 [].</returns>
    public Var Loss(
        Tape tape, Tensor<int> tokens, Tensor<int> targets, Tensor<float>? weights = null)
    {
        int n = checked((int)targets.Length);
        weights ??= tape.Own(Tensor.Full([n], 1f / n));                              // [batch · pos]
        DistinctTokens distinct = tape.Own(new DistinctTokens(tokens, Config.Vocabulary));
        Var resid = Embed.Forward(tape, distinct.Tokens);                            // [distinct, dModel]
        return Unembed.Loss(tape, resid, distinct.Rows, targets.Reshape(-1), weights);  // []
    }

    /// <summary>Releases the weights.</summary>
    public void Dispose()
    {
        Embed.Dispose();
        Unembed.Dispose();
    }
}
