using Vitrine.Autograd;
using Vitrine.Models.Checkpoints;
using Vitrine.Tensors;

namespace Vitrine.Models;

/// <summary>The activations of one run, by name; it owns them.</summary>
/// <example>
/// <code>
/// using ActivationCache cache = model.RunWithCache(tokens, "blocks.*.attn.hook_pattern");
/// Tensor&lt;float&gt; pattern = cache.Head(HookNames.Pattern(1), head: 3);
/// </code>
/// </example>
public sealed class ActivationCache : IDisposable
{
    private readonly Dictionary<string, Tensor<float>> _activations = [];

    internal ActivationCache(Tensor<int> tokens) => Tokens = tokens.Clone();

    /// <summary>What was run, int32 [batch, pos].</summary>
    public Tensor<int> Tokens { get; }

    /// <summary>The names, in the order in which the run computed them.</summary>
    public IReadOnlyCollection<string> Names => _activations.Keys;

    /// <summary>The bytes of all activations.</summary>
    public long Bytes => _activations.Values.Sum(tensor => tensor.Length * sizeof(float));

    /// <summary>An activation; borrowed. Its axes are those of <see cref="HookNames"/>.</summary>
    /// <exception cref="KeyNotFoundException">It was not asked for.</exception>
    public Tensor<float> this[string name] =>
        _activations.TryGetValue(name, out Tensor<float>? found)
        ? found
        : throw new KeyNotFoundException(
            $"ActivationCache: it holds no '{name}'; it holds {string.Join(", ", Names)}.");

    /// <summary>Whether an activation is held.</summary>
    public bool Contains(string name) => _activations.ContainsKey(name);

    /// <summary>One head of an activation with heads; a view without that axis.</summary>
    /// <exception cref="ArgumentException">The activation has no heads, or not this
    /// one.</exception>
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
            : throw new ArgumentException(
                $"ActivationCache: {name} has the heads 0 … {all.Shape[axis] - 1}; got {head}.",
                nameof(head));
    }

    /// <summary>One position, of queries where there are queries and keys; a view without that
    /// axis.</summary>
    /// <exception cref="ArgumentException">There is no such position.</exception>
    public Tensor<float> Position(string name, int pos)
    {
        Tensor<float> all = this[name];
        int axis = HeadsFirst(name) ? 2 : 1;
        return pos >= 0 && pos < all.Shape[axis] ? all.Select(axis, pos)
            : throw new ArgumentException(
                $"ActivationCache: {name} has the positions 0 … {all.Shape[axis] - 1}; got {pos}.",
                nameof(pos));
    }

    /// <summary>Writes all activations by name, <c>tokens</c>, and, where they are held,
    /// <c>logits</c>.</summary>
    /// <exception cref="IOException">The disk fails; what was there stands.</exception>
    public void Save(string path)
    {
        var writer = new SafeTensorsWriter();
        writer.Add("tokens", Tokens);
        foreach ((string name, Tensor<float> tensor) in _activations)
        {
            writer.Add(name, tensor);
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
