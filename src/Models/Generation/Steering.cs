using Vitrine.Autograd;
using Vitrine.Tensors;

namespace Vitrine.Models.Generation;

/// <summary>What is changed in every pass of a model: heads are scaled, vectors are added to the
/// residual stream.</summary>
/// <remarks>
/// <para>Activation addition is from Turner et al. (2023), "Activation Addition: Steering Language
/// Models Without Optimization".</para>
/// <para>What is added to one layer is summed first, so that adding and then subtracting the same
/// vectors changes no bit; nor does a factor of 1. Once all is said, passes on several threads may
/// share it.</para>
/// </remarks>
/// <example>
/// <code>
/// Steering steering = new Steering(model)
///     .Scale(layer: 1, head: 0, factor: 0)
///     .Add(layer: 1, coefficient: 4, love, hate);
/// using var generator = new TextGenerator(model, capacity: 64, steering);
/// </code>
/// </example>
public sealed class Steering
{
    private readonly Transformer _model;
    private readonly SortedDictionary<int, float[]> _factors = [];
    private readonly SortedDictionary<int, float[]> _added = [];

    /// <summary>Changes nothing yet.</summary>
    /// <param name="model">The model; borrowed.</param>
    public Steering(Transformer model)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
    }

    /// <summary>Multiplies a head's z, and so what it writes, at every position.</summary>
    /// <param name="layer">The layer, from 0.</param>
    /// <param name="head">The head within the layer, from 0.</param>
    /// <param name="factor">0 ablates the head, 1 leaves it; factors of one head multiply.</param>
    /// <returns>This.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such head, or the factor is not
    /// finite.</exception>
    public Steering Scale(int layer, int head, float factor)
    {
        int heads = HeadsOf(layer);
        if (head < 0 || head >= heads)
        {
            throw new ArgumentOutOfRangeException(
                nameof(head), $"Steering: layer {layer} has heads 0 … {heads - 1}; got {head}.");
        }

        RequireFinite(factor, nameof(factor));
        if (!_factors.TryGetValue(layer, out float[]? factors))
        {
            factors = [.. Enumerable.Repeat(1f, heads)];
            _factors.Add(layer, factors);
        }

        factors[head] *= factor;
        return this;
    }

    /// <summary>Multiplies the z of every head of a layer.</summary>
    /// <inheritdoc cref="Scale(int, int, float)"/>
    public Steering Scale(int layer, float factor)
    {
        for (int head = 0; head < HeadsOf(layer); head++)
        {
            Scale(layer, head, factor);
        }

        return this;
    }

    /// <summary>Adds vectors to the residual stream before a layer (hook_resid_pre), one to each
    /// position from the first on.</summary>
    /// <param name="layer">The layer, from 0.</param>
    /// <param name="vectors">float32 [pos, dModel]; copied.</param>
    /// <returns>This.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such layer.</exception>
    /// <exception cref="ShapeException">The vectors have another shape.</exception>
    public Steering Add(int layer, Tensor<float> vectors)
    {
        HeadsOf(layer);
        if (vectors.Rank != 2 || vectors.Shape[1] != _model.Config.DModel)
        {
            throw new ShapeException(
                $"Steering: vectors must be [pos, {_model.Config.DModel}]; got {vectors.Shape}.");
        }

        float[] added = vectors.ToArray();
        if (_added.TryGetValue(layer, out float[]? earlier))
        {
            (float[] longer, float[] shorter) =
                added.Length > earlier.Length ? (added, earlier) : ([.. earlier], added);
            for (int i = 0; i < shorter.Length; i++)
            {
                longer[i] += shorter[i];
            }

            added = longer;
        }

        _added[layer] = added;
        return this;
    }

    /// <summary>Activation addition: adds the difference of what two prompts leave in the residual
    /// stream before a layer.
    /// <code>resid_pre[p] += coefficient · (resid_pre(plus)[p] − resid_pre(minus)[p])</code>
    /// for each position p of the prompts, which the unchanged model reads.</summary>
    /// <param name="layer">The layer, from 0.</param>
    /// <param name="coefficient">The factor of the difference.</param>
    /// <param name="plus">The tokens of the prompt that is added.</param>
    /// <param name="minus">The tokens of the one that is subtracted, as many; none to add the first
    /// alone.</param>
    /// <returns>This.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such layer, or the coefficient is
    /// not finite.</exception>
    /// <exception cref="ArgumentException">The prompts differ in length, the first is empty, or
    /// they are longer than the context.</exception>
    public Steering Add(
        int layer, float coefficient, ReadOnlySpan<int> plus, ReadOnlySpan<int> minus = default)
    {
        HeadsOf(layer);
        RequireFinite(coefficient, nameof(coefficient));
        if (plus.IsEmpty || (minus.Length > 0 && minus.Length != plus.Length))
        {
            throw new ArgumentException(
                "Steering: a prompt to add is needed, and the one to subtract must have as many "
                + $"tokens; got {plus.Length} and {minus.Length}; pad the shorter, with spaces for "
                + "example.", nameof(minus));
        }

        using Tensor<float> vectors = Activations(layer, plus);
        if (minus.Length > 0)
        {
            using Tensor<float> other = Activations(layer, minus);
            Ops.Subtract(vectors, other, vectors);
        }

        Ops.Scale(vectors, coefficient, vectors);
        return Add(layer, vectors);
    }

    /// <summary>The changes as hooks, to which others can be added.</summary>
    /// <param name="first">The position of the first row of the passes that they are for: 0 for
    /// whole passes.</param>
    public Hooks HooksAt(int first = 0)
    {
        var hooks = new Hooks();
        foreach ((int layer, float[] vectors) in _added)
        {
            hooks.Map(HookNames.ResidPre(layer), (tape, _, x) =>
            {
                int dModel = x.Shape[2];
                int count = Math.Min(x.Shape[1], (vectors.Length / dModel) - first);
                if (count <= 0)
                {
                    return x;
                }

                Tensor<float> addend = tape.Own(
                    Tensor.Zeros<float>([x.Shape[1], dModel], x.Value.Device));
                using Tensor<float> part = Tensor.From<float>(
                    vectors.AsSpan(first * dModel, count * dModel), [count, dModel],
                    x.Value.Device);
                addend.Slice(0, 0, count).CopyFrom(part);
                return tape.Add(x, new(addend));
            });
        }

        foreach (int layer in _factors.Keys)
        {
            hooks.Map(HookNames.Z(layer), (tape, _, z) =>
                tape.Multiply(z, new(tape.Own(Factors(layer, z.Value.Device)!))));
        }

        return hooks;
    }

    /// <summary>The factors of a layer's heads, float32 [head, 1]; null where all are 1.</summary>
    internal Tensor<float>? Factors(int layer, Device device) =>
        _factors.TryGetValue(layer, out float[]? factors)
            ? Tensor.From<float>(factors, [factors.Length, 1], device) : null;

    /// <summary>What a prompt leaves in the stream before a layer, float32 [pos, dModel].</summary>
    private Tensor<float> Activations(int layer, ReadOnlySpan<int> prompt)
    {
        string name = HookNames.ResidPre(layer);
        using Tensor<int> tokens = _model.Batch(prompt);
        using ActivationCache cache = _model.RunWithCache(tokens, name);
        return cache[name].Select(0, 0).Clone();
    }

    private int HeadsOf(int layer) => layer >= 0 && layer < _model.Config.Layers
        ? _model.Config.Attention![layer].Heads
        : throw new ArgumentOutOfRangeException(
            nameof(layer), _model.Config.Layers == 0
                ? $"Steering: this model has no layers; got layer {layer}."
                : $"Steering: layers are 0 … {_model.Config.Layers - 1}; got {layer}.");

    private static void RequireFinite(float value, string name)
    {
        if (!float.IsFinite(value))
        {
            throw new ArgumentOutOfRangeException(
                name, $"Steering: the {name} must be a finite number; got {value}.");
        }
    }
}
