using Vitrine.Autograd;
using Vitrine.Tensors;

namespace Vitrine.Models;

/// <content>The loss on the next token; the logits are never held, unless a hook names
/// them.</content>
public sealed partial class Transformer
{
    /// <summary>The cross-entropy of every next token, in nats: fused, or from the logits if a hook
    /// names them.</summary>
    /// <param name="tape">The tape that records it; it owns the result.</param>
    /// <param name="tokens">int32 [batch, pos].</param>
    /// <param name="targets">int32 [batch, pos]: the token after each.</param>
    /// <param name="hooks">What to do with activations on the way.</param>
    /// <returns>float32 [batch · pos].</returns>
    /// <inheritdoc cref="Forward" path="/exception"/>
    public Var Losses(Tape tape, ModelInput tokens, Tensor<int> targets, Hooks? hooks = null)
    {
        if (SharesEqualTokens && hooks is null)
        {
            DistinctTokens distinct = Distinct(tape, tokens.Tokens);
            Var resid = Embed.Forward(tape, distinct.Tokens);            // [distinct, dModel]
            return Unembed.Losses(tape, resid, distinct.Rows, targets.Reshape(-1));
        }

        if (hooks.Want(HookNames.UnembedOut))
        {
            Var logits = Forward(tape, tokens, hooks);                   // [batch, pos, vocab]
            return tape.CrossEntropy(
                tape.Reshape(logits, -1, Config.Vocabulary), targets.Reshape(-1));
        }

        return Unembed.Losses(tape, Stream(tape, tokens, hooks), targets.Reshape(-1));
    }

    /// <summary>The weighted sum of <see cref="Losses"/>, the cheaper way to train.</summary>
    /// <param name="tape">The tape that records it; it owns the result.</param>
    /// <param name="tokens">int32 [batch, pos].</param>
    /// <param name="targets">int32 [batch, pos]: the token after each.</param>
    /// <param name="weights">float32 [batch · pos]; null for the mean, in nats per token.</param>
    /// <param name="hooks">What to do with activations on the way.</param>
    /// <returns>float32 [].</returns>
    /// <inheritdoc cref="Forward" path="/exception"/>
    public Var Loss(
        Tape tape, ModelInput tokens, Tensor<int> targets, Tensor<float>? weights = null,
        Hooks? hooks = null)
    {
        int n = checked((int)targets.Length);
        weights ??= tape.Own(Tensor.Full([n], 1f / n, targets.Device));
        if (SharesEqualTokens && hooks is null)
        {
            DistinctTokens distinct = Distinct(tape, tokens.Tokens);
            Var resid = Embed.Forward(tape, distinct.Tokens);            // [distinct, dModel]
            return Unembed.Loss(tape, resid, distinct.Rows, targets.Reshape(-1), weights);
        }

        if (hooks.Want(HookNames.UnembedOut))
        {
            Var losses = Losses(tape, tokens, targets, hooks);           // [batch · pos]
            return tape.Sum(tape.Multiply(losses, new Var(weights)));
        }

        return Unembed.Loss(tape, Stream(tape, tokens, hooks), targets.Reshape(-1), weights);
    }

    private bool SharesEqualTokens => Config.Layers == 0 && Unembed.W_U.Stored is null
        && Config.Embedding == new EmbeddingConfig
        {
            Tied = Config.Embedding.Tied,
            OutputBias = Config.Embedding.OutputBias,
        };

    /// <summary>Without layers the stream at a position depends on its token alone, so what is the
    /// same for equal tokens is computed once for all of them.</summary>
    private DistinctTokens Distinct(Tape tape, Tensor<int> tokens) =>
        tape.Own(new DistinctTokens(tokens, Config.Vocabulary));

    /// <summary>The input of the unembedding, float32 [batch · pos, dModel].</summary>
    private Var Stream(Tape tape, ModelInput tokens, Hooks? hooks)
    {
        StepPositions at = Sees(tape, tokens, hooks);
        Var resid = Embedded(tape, tokens, hooks, at);                  // [batch, pos, dModel]
        resid = Through(tape, resid, 0, Config.Layers, hooks, at);      // [batch, pos, dModel]
        Var x = ReadByUnembed(tape, resid, hooks);                      // [batch, pos, dModel]
        return tape.Reshape(x, -1, x.Shape[2]);
    }
}
