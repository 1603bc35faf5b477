using Vitrine.Autograd;
using Vitrine.Tensors;

namespace Vitrine.Models.Positions;

/// <summary>Position data shared by layers with the same heads: angles, buckets, slopes.</summary>
internal sealed class PositionTables : IDisposable
{
    private readonly RotaryPairing _pairing;
    private readonly GrowingTable<Angles>? _angles;
    private readonly GrowingTable<Tensor<float>>? _alibi;
    private readonly GrowingTable<Tensor<int>>? _buckets;

    public PositionTables(
        PositionConfig config, AttentionConfig attention, int context, Device device)
    {
        _pairing = config.RotaryPairing;
        switch (config.Kind)
        {
            case PositionKind.Rotary:
                _angles = new(context, positions =>
                {
                    (Tensor<float> cos, Tensor<float> sin) = RotaryTable.Create(
                        positions, config.RotaryDim ?? attention.DHead, config.RotaryBase);
                    return new Angles(cos.MoveTo(device), sin.MoveTo(device));
                });
                break;
            case PositionKind.Alibi:
                _alibi = new(context, keys =>
                    Alibi.RelativeBias(attention.Heads, keys, keys, slopes: config.AlibiSlopes)
                        .MoveTo(device));
                break;
            case PositionKind.Relative:
                _buckets = new(context, keys => RelativeBuckets.Table(
                    keys, keys, buckets: config.RelativeBuckets,
                    maxDistance: config.RelativeMaxDistance).MoveTo(device));
                break;
        }
    }

    /// <summary>Queries or keys rotated by their positions.</summary>
    public Var Rotate(Tape tape, Var x, int firstPosition)
    {
        Angles angles = _angles!.Of(firstPosition + x.Shape[1]);
        return tape.Rotary(
            x,
            angles.Cos.Slice(0, firstPosition, x.Shape[1]),
            angles.Sin.Slice(0, firstPosition, x.Shape[1]),
            _pairing);
    }

    /// <summary>The bias added to scores by distance, float32 [head, distance]; null for
    /// none.</summary>
    public Var? Bias(Tape tape, Parameter? relative, int keys)
    {
        if (_alibi is not null)
        {
            return new Var(_alibi.Of(keys).Slice(1, 0, keys));
        }

        return relative is null ? null : tape.RelativeBias(
            tape.Use(relative), _buckets!.Of(keys).Slice(0, 0, keys));
    }

    public void Dispose()
    {
        _angles?.Dispose();
        _alibi?.Dispose();
        _buckets?.Dispose();
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
