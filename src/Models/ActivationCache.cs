using Vitrine.Autograd;
using Vitrine.Models.Checkpoints;
using Vitrine.Tensors;

namespace Vitrine.Models;

/// <summary>The activations of one run, by name; it owns them.</summary>
/// <example>
/// <code>
/// using ActivationCache cache = model.RunWithCache(tokens, "blocks.*.attn.hook_pattern");
/// Tensor&lt;float&gt; pattern = cache.Head(HookNames.Pattern(1), head: 3);
/// Tensor&lt;float&gt; same = cache.Layer(1)["attn.hook_pattern"].Select(1, 3);
/// </code>
/// </example>
public sealed class ActivationCache : IDisposable
{
    private readonly Dictionary<string, Tensor<float>> _activations = [];

    internal ActivationCache(Tensor<int> tokens) => Tokens = tokens.Clone();

    /// <summary>The tokens of the run, int32 [batch, pos].</summary>
    public Tensor<int> Tokens { get; }

    /// <summary>The names, in the order in which the run computed them.</summary>
    public IReadOnlyCollection<string> Names => _activations.Keys;

    /// <summary>The bytes of all activations.</summary>
    public long Bytes => _activations.Values.Sum(tensor => tensor.Length * sizeof(float));

    /// <summary>An activation; borrowed. Its axes are those of <see cref="HookNames"/>.</summary>
    /// <exception cref="KeyNotFoundException">It was not requested.</exception>
    public Tensor<float> this[string name] =>
        _activations.TryGetValue(name, out Tensor<float>? found)
        ? found
        : throw new KeyNotFoundException(
            $"ActivationCache: it holds no '{name}'; it holds {string.Join(", ", Names)}.");

    /// <summary>Whether an activation is held.</summary>
    public bool Contains(string name) => _activations.ContainsKey(name);

    /// <summary>The activations of one layer by what follows <c>blocks.{layer}.</c>, such as
    /// <c>attn.hook_pattern</c>; borrowed.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No activation of that layer is
    /// held.</exception>
    public IReadOnlyDictionary<string, Tensor<float>> Layer(int layer)
    {
        string prefix = $"blocks.{layer}.";
        Dictionary<string, Tensor<float>> held = _activations
            .Where(one => one.Key.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(one => one.Key[prefix.Length..], one => one.Value);
        int[] layers = [.. Names.Select(HookNames.LayerOf).OfType<int>().Distinct()];
        return held.Count > 0 ? held
            : throw new ArgumentOutOfRangeException(
                nameof(layer),
                $"ActivationCache: it holds nothing of layer {layer}; it holds "
                + (layers.Length == 0 ? "none of any layer."
                    : $"some of the layers {string.Join(", ", layers)}."));
    }

    /// <summary>One head of an activation with heads; a view without that axis.</summary>
    /// <exception cref="ArgumentException">The activation has no heads.</exception>
    /// <exception cref="ArgumentOutOfRangeException">It does not have this head.</exception>
    public Tensor<float> Head(string name, int head)
    {
        Tensor<float> all = this[name];
        if (all.Rank != 4)
        {
            throw new ArgumentException(
                $"ActivationCache: {name} {all.Shape} has no axis of heads.", nameof(name));
        }

        int axis = HeadsFirst(name) ? 1 : 2;
        return head >= 0 && head < all.Shape[axis] ? all.Select(axis, head)
            : throw new ArgumentOutOfRangeException(
                nameof(head),
                $"ActivationCache: {name} has the heads 0 … {all.Shape[axis] - 1}; got {head}.");
    }

    /// <summary>One position (of queries, if there are queries and keys); a view without that
    /// axis.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such position.</exception>
    public Tensor<float> Position(string name, int pos)
    {
        Tensor<float> all = this[name];
        int axis = HeadsFirst(name) ? 2 : 1;
        return pos >= 0 && pos < all.Shape[axis] ? all.Select(axis, pos)
            : throw new ArgumentOutOfRangeException(
                nameof(pos),
                $"ActivationCache: {name} has the positions 0 … {all.Shape[axis] - 1}; got {pos}.");
    }

    /// <summary>Writes activations by name, float32 with the batch as their first axis,
    /// <c>tokens</c> (int32) and, if held, <c>logits</c>: what <see cref="HookNames.UnembedOut"/>
    /// names.</summary>
    /// <param name="path">A safetensors file.</param>
    /// <param name="names">Which activations; all if none is named.</param>
    /// <exception cref="KeyNotFoundException">One was not requested.</exception>
    /// <exception cref="IOException">The disk fails; the old content is kept.</exception>
    public void Save(string path, params IReadOnlyCollection<string> names)
    {
        SafeTensorsWriter writer = new SafeTensorsWriter().Add("tokens", Tokens);
        foreach (string name in names.Count > 0 ? names : Names)
        {
            writer.Add(name, this[name]);
        }

        if (_activations.TryGetValue(HookNames.UnembedOut, out Tensor<float>? logits))
        {
            writer.Add("logits", logits);
        }

        writer.Write(path);
    }

    /// <summary>Releases every activation.</summary>
    public void Dispose()
    {
        Tokens.Dispose();
        foreach (Tensor<float> tensor in _activations.Values)
        {
            tensor.Dispose();
        }
    }

    internal void Keep(string name, Tensor<float> value) => _activations.Add(name, value.Clone());

    private static bool HeadsFirst(string name) =>
        name.EndsWith("hook_attn_scores", StringComparison.Ordinal)
        || name.EndsWith("hook_pattern", StringComparison.Ordinal);
}
