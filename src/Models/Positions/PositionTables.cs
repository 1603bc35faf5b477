using Vitrine.Autograd;
using Vitrine.Tensors;

namespace Vitrine.Models.Positions;

/// <summary>What layers with the same heads know about positions: angles, buckets, slopes; made
/// once for the whole context.</summary>
internal sealed class PositionTables : IDisposable
{
    private readonly RotaryPairing _pairing;
    private readonly Tensor<float>? _cos;
    private readonly Tensor<float>? _sin;
    private readonly Tensor<float>? _alibi;
    private readonly Tensor<int>? _buckets;

    public PositionTables(
        PositionConfig config, AttentionConfig attention, int context, Device device)
    {
        _pairing = config.RotaryPairing;
        switch (config.Kind)
        {
            case PositionKind.Rotary:
                (Tensor<float> cos, Tensor<float> sin) = RotaryTable.Create(
                    context, config.RotaryDim ?? attention.DHead, config.RotaryBase);
                (_cos, _sin) = (cos.MoveTo(device), sin.MoveTo(device));
                break;
            case PositionKind.Alibi:
                _alibi = Alibi.RelativeBias(attention.Heads, context, context).MoveTo(device);
                break;
            case PositionKind.Relative:
                _buckets = RelativeBuckets.Table(
                    context, context, buckets: config.RelativeBuckets,
                    maxDistance: config.RelativeMaxDistance).MoveTo(device);
                break;
        }
    }

    /// <summary>Queries or keys turned by their positions.</summary>
    public Var Rotate(Tape tape, Var x, int firstPosition) => tape.Rotary(
        x,
        _cos!.Slice(0, firstPosition, x.Shape[1]),
        _sin!.Slice(0, firstPosition, x.Shape[1]),
        _pairing);

    /// <summary>What is added to scores by distance, float32 [head, distance]; null for
    /// nothing.</summary>
    public Var? Bias(Tape tape, Parameter? relative, int keys)
    {
        if (_alibi is not null)
        {
            return new Var(_alibi.Slice(1, 0, keys));
        }

        return relative is null ? null : tape.RelativeBias(
            tape.Use(relative), _buckets!.Slice(0, 0, keys));
    }

    public void Dispose()
    {
        _cos?.Dispose();
        _sin?.Dispose();
        _alibi?.Dispose();
        _buckets?.Dispose();
    }
}
