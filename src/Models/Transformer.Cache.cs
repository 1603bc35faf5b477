using Vitrine.Autograd;
using Vitrine.Models.Positions;
using Vitrine.Tensors;

namespace Vitrine.Models;

/// <content>Running and keeping activations.</content>
public sealed partial class Transformer
{
    /// <summary>Runs, and keeps activations.</summary>
    /// <remarks>The model runs only as far as the names need, and a layer's other activations are
    /// released before the next layer.</remarks>
    /// <param name="tokens">int32 [batch, pos].</param>
    /// <param name="names">Names or globs of <see cref="HookNames"/>; none for everything on the
    /// way.</param>
    /// <returns>The activations; the caller owns them.</returns>
    /// <exception cref="ArgumentException">A name matches no activation, or the tokens exceed the
    /// context.</exception>
    /// <exception cref="InvalidOperationException">They do not fit in memory.</exception>
    public ActivationCache RunWithCache(ModelInput tokens, params string[] names) =>
        RunWithCache(tokens, new Hooks(), names);

    /// <summary>Runs with hooks, and keeps activations after the hooks.</summary>
    /// <param name="tokens">int32 [batch, pos].</param>
    /// <param name="hooks">What to do on the way; the cache sees activations after these.</param>
    /// <param name="names">Names or globs; none for everything on the way.</param>
    /// <inheritdoc cref="RunWithCache(ModelInput, string[])" path="/returns | /exception"/>
    public ActivationCache RunWithCache(ModelInput tokens, Hooks hooks, params string[] names)
    {
        RequireContext(tokens);
        CachePlan plan = CachePlan.Of(
            Config, tokens.Tokens.Shape[0], tokens.Tokens.Shape[1],
            tokens.Source?.Tokens.Shape[1], names);
        plan.RequireRoom();
        var cache = new ActivationCache(tokens.Tokens);
        try
        {
            Hooks looking = hooks.Clone();
            foreach ((string name, _) in plan.Activations)
            {
                looking.Observe(name, (point, x) => cache.Keep(point.Name, x));
            }

            string last = plan.Activations[^1].Name;
            bool after = last.Contains("ln_final", StringComparison.Ordinal)
                || last.StartsWith("unembed", StringComparison.Ordinal);
            int layers = after ? Config.Layers
                : last.StartsWith(_names.Blocks, StringComparison.Ordinal)
                ? HookNames.LayerOf(last)!.Value + 1 : 0;
            using Tape tape = Tape.NoGrad();
            StepPositions at = Sees(tape, tokens, looking);
            Var resid = Embedded(tape, tokens, looking, at);          // [batch, pos, dModel]
            if (Config.Positions.Kind == PositionKind.Shortformer)
            {
                at = at with { Vectors = PositionVectors(tape, resid, looking, at) };
            }

            using Tensor<float> stream = resid.Value.Clone();
            foreach (Block block in Blocks.Take(layers))
            {
                using Tape layer = Tape.NoGrad();
                stream.CopyFrom(block.Step(layer, new Var(stream), at, looking).Value);
            }

            if (after)
            {
                Logits(tape, new Var(stream), looking);
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
