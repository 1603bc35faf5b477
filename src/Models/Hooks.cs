using System.Collections.Concurrent;
using Vitrine.Autograd;
using Vitrine.Tensors;

namespace Vitrine.Models;

/// <summary>What to do with activations while a model runs: observe, replace, add,
/// differentiate.</summary>
/// <remarks>
/// <para>Activations are named as in <see cref="HookNames"/>, or by globs of these names
/// (<c>blocks.*.attn.hook_pattern</c>); hooks of one activation run in the order in which they were
/// added. A name or glob that matches nothing is an error.</para>
/// <para>Naming scores or pattern makes attention explicit, naming a norm's parts takes the norm
/// apart, naming a head's result or input makes it, naming the logits computes the loss from them:
/// these cost memory that the fused passes do not. <c>hook_q_input</c>, <c>hook_k_input</c> and
/// <c>hook_v_input</c> are each head's own copy of the stream: a glob matches them only if it
/// contains <c>_input</c> (<c>blocks.*.hook_q_input</c>).</para>
/// <para>Once all are added, passes on several threads may share them; the functions themselves
/// must be thread-safe.</para>
/// </remarks>
/// <example>
/// <code>
/// var hooks = new Hooks()
///     .Replace(HookNames.Z(1), (point, z) => zeros)
///     .Observe("*.hook_pattern", Look);
/// Var logits = model.Forward(tape, tokens, hooks);
/// </code>
/// </example>
public sealed class Hooks
{
    private readonly List<(string Glob, Func<Tape, HookPoint, Var, Var> Run)> _entries = [];
    private readonly ConcurrentDictionary<string, Func<Tape, HookPoint, Var, Var>[]> _chosen = [];
    private TransformerConfig? _checked;

    /// <summary>Observes an activation; the tensor lives as long as the tape.</summary>
    public Hooks Observe(string glob, Action<HookPoint, Tensor<float>> look) =>
        Map(glob, (_, point, x) =>
        {
            look(point, x.Value);
            return x;
        });

    /// <summary>Replaces an activation with another tensor, as a constant: no gradient passes
    /// through it.</summary>
    /// <param name="glob">Which activations.</param>
    /// <param name="choose">Returns a tensor of the same shape, which the tape then owns, or null
    /// to keep the activation.</param>
    public Hooks Replace(string glob, Func<HookPoint, Tensor<float>, Tensor<float>?> choose) =>
        Map(glob, (tape, point, x) =>
            choose(point, x.Value) is { } other ? new Var(tape.Own(other), name: point.Name) : x);

    /// <summary>Adds a constant to an activation; gradients pass through.</summary>
    /// <param name="glob">Which activations.</param>
    /// <param name="addend">float32, of a shape that broadcasts to the activation's;
    /// borrowed.</param>
    public Hooks Add(string glob, Tensor<float> addend) =>
        Map(glob, (tape, _, x) => tape.Add(x, new Var(addend)));

    /// <summary>Passes the gradient of an activation to a function in the backward pass; it may be
    /// written into. An activation that depends on nothing with a gradient becomes a
    /// leaf.</summary>
    /// <remarks>A pass on a <see cref="Tape.NoGrad"/> tape, such as that of a cache, refuses it
    /// with an <see cref="InvalidOperationException"/>: the gradient would never
    /// come.</remarks>
    public Hooks OnGradient(string glob, Action<HookPoint, Tensor<float>> look) =>
        Map(glob, (tape, point, x) =>
        {
            if (!tape.Records)
            {
                throw new InvalidOperationException(
                    $"Hooks: OnGradient of {point.Name} needs a tape that records; got NoGrad, on "
                    + "which no backward pass runs; use new Tape() or Tape.ForActivations().");
            }

            Var seen = x.RequiresGrad ? x : new Var(x.Value, requiresGrad: true, point.Name);
            seen.OnGradient(gradient => look(point, gradient));
            return seen;
        });

    /// <summary>Computes something else from an activation, on the tape.</summary>
    /// <param name="glob">Which activations.</param>
    /// <param name="compute">Returns a value of the same shape.</param>
    public Hooks Map(string glob, Func<Tape, HookPoint, Var, Var> compute)
    {
        ArgumentException.ThrowIfNullOrEmpty(glob);
        ArgumentNullException.ThrowIfNull(compute);
        _entries.Add((glob, compute));
        _chosen.Clear();
        _checked = null;
        return this;
    }

    /// <summary>Whether any hook names an activation.</summary>
    public bool Wants(string name) => Chosen(name).Length > 0;

    /// <summary>Checks that every name matches an activation of a model.</summary>
    /// <exception cref="ArgumentException">A name or glob matches no activation; the message offers
    /// the nearest.</exception>
    public void Check(TransformerConfig config)
    {
        if (ReferenceEquals(_checked, config))
        {
            return;
        }

        string[] names =
            [.. Transformer.Activations(config, 1, 1).Select(activation => activation.Name)];
        foreach ((string glob, _) in _entries)
        {
            HookGlob.Require(glob, names);
        }

        _checked = config;
    }

    /// <summary>The same hooks, to which others can be added.</summary>
    internal Hooks Clone()
    {
        var copy = new Hooks();
        copy._entries.AddRange(_entries);
        return copy;
    }

    /// <summary>Runs the hooks of an activation.</summary>
    internal Var Run(Tape tape, string name, Var x)
    {
        Var y = x;
        var point = new HookPoint(name, HookNames.LayerOf(name));
        foreach (Func<Tape, HookPoint, Var, Var> run in Chosen(name))
        {
            y = run(tape, point, y);
            if (y.Shape != x.Shape)
            {
                throw new ShapeException(
                    $"Hooks: the replacement for {name} must be {x.Shape}; got {y.Shape}.");
            }
        }

        return y;
    }

    private Func<Tape, HookPoint, Var, Var>[] Chosen(string name)
    {
        if (!_chosen.TryGetValue(name, out Func<Tape, HookPoint, Var, Var>[]? chosen))
        {
            chosen = [.. _entries.Where(entry => HookGlob.Matches(entry.Glob, name))
                .Select(entry => entry.Run)];
            _chosen[name] = chosen;
        }

        return chosen;
    }
}

/// <summary>Hooks that may be absent.</summary>
internal static class OptionalHooks
{
    /// <summary>The activation after the hooks.</summary>
    public static Var At(this Hooks? hooks, Tape tape, string name, Var x) =>
        hooks is null || !hooks.Wants(name) ? x : hooks.Run(tape, name, x);

    /// <summary>Whether a hook names an activation.</summary>
    public static bool Want(this Hooks? hooks, string name) =>
        hooks is not null && hooks.Wants(name);
}
