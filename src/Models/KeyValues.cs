using Vitrine.Autograd;
using Vitrine.Tensors;

namespace Vitrine.Models;

/// <summary>Keys and values of positions that a step does not compute itself.</summary>
public abstract class KeyValues
{
    /// <summary>All that the queries of a layer may see.</summary>
    /// <param name="tape">What owns the result.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="k">float32 [batch, pos, head, dHead], rotated where positions are rotary: the
    /// keys of the positions that the step computes.</param>
    /// <param name="v">The values of these positions, of the same shape.</param>
    /// <returns>float32 [batch, all pos, head, dHead] each: the earlier positions, then
    /// these.</returns>
    public abstract (Var K, Var V) Extend(Tape tape, int layer, Var k, Var v);
}

/// <summary>The keys and values of one sequence that is read piece by piece.</summary>
public sealed class KeyValueCache : KeyValues, IDisposable
{
    private readonly Tensor<float>[] _keys;
    private readonly Tensor<float>[] _values;

    /// <summary>Holds nothing yet.</summary>
    /// <param name="config">The model's shape.</param>
    /// <param name="capacity">How many positions there is room for.</param>
    /// <param name="device">Where the model lies; the CPU if null.</param>
    public KeyValueCache(TransformerConfig config, int capacity, Device? device = null)
    {
        _keys = Empty();
        _values = Empty();

        Tensor<float>[] Empty() => [.. Enumerable.Range(0, config.Layers).Select(layer =>
            Tensor.Empty<float>(
                [1, capacity, config.Attention![layer].Heads, config.Attention[layer].DHead],
                device))];
    }

    /// <summary>How many positions are held.</summary>
    public int Length { get; private set; }

    /// <inheritdoc/>
    public override (Var K, Var V) Extend(Tape tape, int layer, Var k, Var v) =>
        (Kept(_keys[layer], k), Kept(_values[layer], v));

    /// <summary>Counts positions as held, after all layers have extended them.</summary>
    public void Advance(int positions) => Length += positions;

    /// <summary>Releases the keys and values.</summary>
    public void Dispose()
    {
        foreach (Tensor<float> tensor in _keys.Concat(_values))
        {
            tensor.Dispose();
        }
    }

    private Var Kept(Tensor<float> kept, Var added)
    {
        int count = added.Shape[1];
        kept.Slice(1, Length, count).CopyFrom(added.Value);
        return new Var(kept.Slice(1, 0, Length + count));
    }
}
