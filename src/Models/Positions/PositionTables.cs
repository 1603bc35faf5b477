using Vitrine.Autograd;
using Vitrine.Tensors;

namespace Vitrine.Models.Positions;

/// <summary>Position data shared by layers with the same heads: angles, buckets, slopes.</summary>
internal sealed class PositionTables : IDisposable
{
    private readonly PositionConfig _config;
    private readonly double[] _slopes;
    private readonly GrowingTable<Angles>? _angles;
    private readonly GrowingTable<Angles>? _longAngles;
    private readonly GrowingTable<Tensor<float>>? _alibi;
    private readonly GrowingTable<Tensor<int>>? _buckets;
    private readonly bool _bothWays;
    private readonly Device _device;

    public PositionTables(
        PositionConfig config, AttentionConfig attention, int context, bool bothWays,
        Device device)
    {
        (_config, _bothWays, _device) = (config, bothWays, device);
        _slopes = config.Kind == PositionKind.Alibi
            ? Alibi.Slopes(attention.Heads, config.AlibiSlopes) : [];
        switch (config.Kind)
        {
            case PositionKind.Rotary:
                int dim = config.RotaryDim ?? attention.DHead;
                _angles = new(context, positions => Create(positions, dim, length: 0));
                _longAngles = LongFrom is null ? null
                    : new(context, positions => Create(positions, dim, length: int.MaxValue));
                break;
            case PositionKind.Alibi when config.AlibiForm == AlibiForm.Distance:
                _alibi = new(context, keys =>
                    Alibi.RelativeBias(attention.Heads, keys, keys, slopes: config.AlibiSlopes)
                        .MoveTo(device));
                break;
            case PositionKind.Relative when !bothWays:
                _buckets = new(context, keys => Buckets(keys, keys));
                break;
        }
    }

    /// <summary>Whether the model's positions are rotary, even if this layer has none: its queries
    /// and keys then have a place after rotation.</summary>
    public bool IsOfRotaryModel { get; init; }

    /// <summary>Whether queries and keys are rotated.</summary>
    public bool IsRotary => _angles is not null;

    /// <summary>The buckets of distances of a trained bias; null for other kinds.</summary>
    public int? RelativeBuckets => _config.Kind == PositionKind.Relative
        ? _config.RelativeBuckets : null;

    /// <summary>Beyond how many positions all keys are rotated by other angles; null for
    /// never.</summary>
    public int? LongFrom => _config.RotaryScaling is
        { Kind: RotaryScalingKind.LongRope } scaling ? scaling.OriginalContext : null;

    /// <summary>Queries or keys rotated by their positions.</summary>
    public Var Rotate(Tape tape, Var x, int firstPosition)
    {
        int positions = firstPosition + x.Shape[1];
        Angles angles = (positions > LongFrom ? _longAngles! : _angles!).Of(positions);
        return tape.Rotary(
            x,
            angles.Cos.Slice(0, firstPosition, x.Shape[1]),
            angles.Sin.Slice(0, firstPosition, x.Shape[1]),
            _config.RotaryPairing);
    }

    /// <summary>The bias added to scores by distance, float32 [head, distance]; null for
    /// none.</summary>
    public Var? Bias(Tape tape, Parameter? relative, int queries, int keys)
    {
        if (_alibi is not null)
        {
            return new Var(_alibi.Of(keys).Slice(1, 0, keys));
        }

        return relative is null ? null : tape.RelativeBias(
            tape.Use(relative),
            _bothWays ? tape.Own(Buckets(queries, keys)) : _buckets!.Of(keys).Slice(0, 0, keys));
    }

    /// <summary>The mask added to scores, float32 [batch, head or 1, 1, keyPos]: padding, and
    /// penalties by a key's position; null for none.</summary>
    public Tensor<float>? Mask(Tape tape, Padding? padding, int keys)
    {
        Tensor<float>? hidden = padding?.Hidden.Slice(3, 0, keys);
        if (_config.Kind != PositionKind.Alibi || _alibi is not null)
        {
            return hidden;
        }

        using Tensor<int> positions = padding is null
            ? Tensor.From([.. Enumerable.Range(0, keys)], [1, keys], Device.Cpu)
            : padding.Positions.Slice(1, 0, keys).Clone();
        Tensor<float> bias = tape.Own(
            Alibi.KeyBias(_slopes, positions, _config.AlibiForm).MoveTo(_device));
        return hidden is null ? bias : Ops.Add(bias, hidden, into: bias);
    }

    public void Dispose()
    {
        _angles?.Dispose();
        _longAngles?.Dispose();
        _alibi?.Dispose();
        _buckets?.Dispose();
    }

    private Tensor<int> Buckets(int queries, int keys) => Positions.RelativeBuckets.Table(
        queries, keys, !_bothWays, _config.RelativeBuckets, _config.RelativeMaxDistance)
        .MoveTo(_device);

    private Angles Create(int positions, int dim, int length)
    {
        (double[] frequencies, double factor) = RotaryFrequencies.Of(_config, dim, length);
        (Tensor<float> cos, Tensor<float> sin) =
            RotaryTable.Create(positions, frequencies, factor: factor);
        return new Angles(cos.MoveTo(_device), sin.MoveTo(_device));
    }

    private sealed record Angles(Tensor<float> Cos, Tensor<float> Sin) : IDisposable
    {
        public void Dispose()
        {
            Cos.Dispose();
            Sin.Dispose();
        }
    }
}
