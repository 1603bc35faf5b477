using Vitrine.Autograd;
using Vitrine.Tensors;

namespace Vitrine.Models;

/// <summary>Keys and values of positions that a step does not compute itself.</summary>
public abstract class KeyValues
{
    /// <summary>All keys and values that the queries of a layer may see.</summary>
    /// <param name="tape">The tape that owns the result.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="k">float32 [batch, pos, head, dHead], rotated if positions are rotary: the keys
    /// of the positions that the step computes.</param>
    /// <param name="v">The values of these positions, of the same shape.</param>
    /// <returns>float32 [batch, all pos, head, dHead] each: the earlier positions, then
    /// these.</returns>
    public abstract (Var K, Var V) Extend(Tape tape, int layer, Var k, Var v);
}

/// <summary>The keys and values of one sequence that is read in pieces. They are constants: no
/// gradient goes through them.</summary>
public sealed class KeyValueCache : KeyValues, IDisposable
{
    private readonly Tensor<float>[] _keys;
    private readonly Tensor<float>[] _values;
    private readonly int _capacity;

    /// <summary>Makes an empty cache.</summary>
    /// <param name="config">The model's shape.</param>
    /// <param name="capacity">The maximum number of positions.</param>
    /// <param name="device">The model's device; the CPU if null.</param>
    public KeyValueCache(TransformerConfig config, int capacity, Device? device = null)
    {
        _capacity = capacity;
        _keys = Empty();
        _values = Empty();

        Tensor<float>[] Empty() => [.. Enumerable.Range(0, config.Layers).Select(layer =>
            Tensor.Empty<float>(
                [1, capacity, config.Attention![layer].KeyHeads, config.Attention[layer].DHead],
                device))];
    }

    /// <summary>How many positions are held.</summary>
    public int Length { get; private set; }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The tape records, and a gradient would end
    /// here.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is not enough room.</exception>
    public override (Var K, Var V) Extend(Tape tape, int layer, Var k, Var v)
    {
        if (k.RequiresGrad || v.RequiresGrad)
        {
            throw new InvalidOperationException(
                "KeyValueCache: cached keys and values get no gradient; got some from a tape that "
                + "records; use Tape.NoGrad(), or one pass over all positions.");
        }

        RequireRoom(k.Shape[1]);
        return (Kept(_keys[layer], k), Kept(_values[layer], v));
    }

    /// <summary>Counts positions as held, after all layers have extended them.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative or exceeds the
    /// room.</exception>
    public void Advance(int positions)
    {
        RequireRoom(positions);
        Length += positions;
    }

    /// <summary>Forgets all positions.</summary>
    public void Clear() => Length = 0;

    /// <summary>Releases the keys and values.</summary>
    public void Dispose()
    {
        foreach (Tensor<float> tensor in _keys.Concat(_values))
        {
            tensor.Dispose();
        }
    }

    private void RequireRoom(int positions)
    {
        if (positions < 0 || positions > _capacity - Length)
        {
            throw new ArgumentOutOfRangeException(
                nameof(positions),
                $"KeyValueCache: there is room for {_capacity - Length} more positions; got "
                + $"{positions}; create it with a larger capacity.");
        }
    }

    private Var Kept(Tensor<float> kept, Var added)
    {
        int count = added.Shape[1];
        kept.Slice(1, Length, count).CopyFrom(added.Value);
        return new Var(kept.Slice(1, 0, Length + count));
    }
}
