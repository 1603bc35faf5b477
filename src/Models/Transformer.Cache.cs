using Vitrine.Autograd;
using Vitrine.Tensors;

namespace Vitrine.Models;

/// <content>Running and keeping what was computed on the way.</content>
public sealed partial class Transformer
{
    /// <summary>Runs, and keeps activations.</summary>
    /// <remarks>Only as much of the model runs as the names need.</remarks>
    /// <param name="tokens">int32 [batch, pos].</param>
    /// <param name="names">Names or globs of <see cref="HookNames"/>; none for all that lies on the
    /// way.</param>
    /// <returns>The activations; the caller owns them.</returns>
    /// <exception cref="ArgumentException">A name means no activation, or the tokens are more than
    /// the context.</exception>
    /// <exception cref="InvalidOperationException">They would not fit in memory.</exception>
    public ActivationCache RunWithCache(Tensor<int> tokens, params string[] names) =>
        RunWithCache(tokens, new Hooks(), names);

    /// <summary>Runs with hooks, and keeps activations as the hooks leave them.</summary>
    /// <param name="tokens">int32 [batch, pos].</param>
    /// <param name="hooks">What to do on the way; the cache looks behind them.</param>
    /// <param name="names">Names or globs; none for all that lies on the way.</param>
    /// <inheritdoc cref="RunWithCache(Tensor{int}, string[])" path="/returns | /exception"/>
    public ActivationCache RunWithCache(Tensor<int> tokens, Hooks hooks, params string[] names)
    {
        RequireContext(tokens);
        CachePlan plan = CachePlan.Of(Config, tokens.Shape[0], tokens.Shape[1], names);
        plan.RequireRoom();
        var cache = new ActivationCache(tokens);
        try
        {
            Hooks looking = hooks.Clone();
            foreach ((string name, _) in plan.Activations)
            {
                looking.Observe(name, (point, x) => cache.Keep(point.Name, x));
            }

            using Tape tape = Tape.NoGrad();
            string last = plan.Activations[^1].Name;
            bool behind = last.StartsWith("ln_final", StringComparison.Ordinal)
                || last.StartsWith("unembed", StringComparison.Ordinal);
            int layers = behind ? Config.Layers : (HookNames.LayerOf(last) + 1) ?? 0;
            Var resid = Through(tape, Embedded(tape, tokens, looking), 0, layers, looking);
            if (behind)
            {
                Logits(tape, resid, looking);
            }
            else if (plan.Activations.Any(entry => !cache.Contains(entry.Name)))
            {
                Positions(tape, resid, looking);  // A shortformer's, of which no layer ran.
            }

            return cache;
        }
        catch
        {
            cache.Dispose();
            throw;
        }
    }
}
