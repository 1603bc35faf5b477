using System.Text.Json.Serialization;
using Vitrine.Models.Positions;
using Vitrine.Tensors;

namespace Vitrine.Models;

/// <summary>How a model represents positions.</summary>
public sealed record PositionConfig
{
    /// <summary>The kind of positions.</summary>
    public PositionKind Kind { get; init; }

    /// <summary>Buckets of distances of <see cref="PositionKind.Relative"/>.</summary>
    public int RelativeBuckets { get; init; } = 32;

    /// <summary>The distance from which all keys share a bucket.</summary>
    public int RelativeMaxDistance { get; init; } = 128;

    /// <summary>How many entries of a head <see cref="PositionKind.Rotary"/> rotates; null for
    /// all.</summary>
    public int? RotaryDim { get; init; }

    /// <summary>The base of the rotary wavelengths.</summary>
    public float RotaryBase { get; init; } = 10_000;

    /// <summary>Which entries are rotated together.</summary>
    public RotaryPairing RotaryPairing { get; init; }

    /// <summary>Which penalties the heads of <see cref="PositionKind.Alibi"/> have; left out of
    /// <c>config.json</c> for the paper's.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public AlibiSlopes AlibiSlopes { get; init; }

    /// <summary>How the penalties of <see cref="PositionKind.Alibi"/> enter the
    /// scores.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public AlibiForm AlibiForm { get; init; }

    /// <summary>The change of the rotary frequencies; null for none.</summary>
    public RotaryScaling? RotaryScaling { get; init; }

    /// <summary>Whether all layers use the relative bias of the first, as in T5.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool RelativeShared { get; init; }

    /// <summary>Whether sines fill the first half of <see cref="PositionKind.Sinusoidal"/> vectors
    /// and cosines the second, as in Marian, rather than taking turns.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool SinusoidalHalves { get; init; }

    /// <summary>Whether each position has a vector: <see cref="PositionKind.Learned"/>,
    /// <see cref="PositionKind.Sinusoidal"/> or <see cref="PositionKind.Shortformer"/>.</summary>
    [JsonIgnore]
    public bool HasVectors => IsInStream || Kind == PositionKind.Shortformer;

    /// <summary>Whether these vectors are added to the residual stream.</summary>
    [JsonIgnore]
    public bool IsInStream => Kind is PositionKind.Learned or PositionKind.Sinusoidal;

    /// <summary>A kind, with defaults for everything else.</summary>
    public static implicit operator PositionConfig(PositionKind kind) => new() { Kind = kind };

    /// <summary>Checks what needs no heads.</summary>
    internal void ValidateKinds()
    {
        ConfigRule.Known("positions.kind", Kind);
        ConfigRule.Known("positions.rotaryPairing", RotaryPairing);
        ConfigRule.Known("positions.alibiSlopes", AlibiSlopes);
        ConfigRule.Known("positions.alibiForm", AlibiForm);
    }

    internal void Validate(AttentionConfig attention)
    {
        ValidateKinds();
        ConfigRule.Range("positions.relativeBuckets", RelativeBuckets, 2, 1 << 20);
        ConfigRule.Range(
            "positions.relativeMaxDistance", RelativeMaxDistance, (RelativeBuckets / 2) + 1,
            1 << 20);
        ConfigRule.Range("positions.rotaryDim", RotaryDim ?? 0, 0, attention.DHead);
        ConfigRule.Range("positions.rotaryBase", RotaryBase, 1e-6, 1e12);
        if (Kind == PositionKind.Rotary && (RotaryDim ?? attention.DHead) % 2 != 0)
        {
            throw new InvalidDataException(
                "TransformerConfig: positions.rotaryDim must be even; got "
                + $"{RotaryDim ?? attention.DHead}.");
        }

        RotaryScaling?.Validate((RotaryDim ?? attention.DHead) / 2);
    }
}
