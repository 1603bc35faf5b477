using System.Text.Json.Serialization;

namespace Vitrine.Models;

/// <summary>How rotary frequencies are changed so that a model reads more positions than it was
/// trained on; which fields count depends on the kind.</summary>
public sealed record RotaryScaling
{
    /// <summary>The kind of change.</summary>
    public required RotaryScalingKind Kind { get; init; }

    /// <summary>How many times longer the context becomes.</summary>
    public float? Factor { get; init; }

    /// <summary>The context of the training.</summary>
    public int? OriginalContext { get; init; }

    /// <summary>Llama 3: wavelengths above the original context divided by this are divided by the
    /// factor.</summary>
    public float? LowFrequencyFactor { get; init; }

    /// <summary>Llama 3: wavelengths below the original context divided by this stay.</summary>
    public float? HighFrequencyFactor { get; init; }

    /// <summary>YaRN: pairs that turn more often than this in the original context stay; null for
    /// 32.</summary>
    public float? BetaFast { get; init; }

    /// <summary>YaRN: pairs that turn less often than this are divided by the factor; null for
    /// 1.</summary>
    public float? BetaSlow { get; init; }

    /// <summary>YaRN: whether the ends of the ramp are not rounded to whole pairs.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Unrounded { get; init; }

    /// <summary>The factor on cosines and sines; null for the kind's own.</summary>
    public float? AttentionFactor { get; init; }

    /// <summary>Divisors of each pair's frequency; LongRoPE: for sequences up to the original
    /// context.</summary>
    public IReadOnlyList<float>? Divisors { get; init; }

    /// <summary>LongRoPE: divisors for longer sequences.</summary>
    public IReadOnlyList<float>? LongDivisors { get; init; }

    /// <inheritdoc/>
    public bool Equals(RotaryScaling? other) => other is not null
        && (Kind, Factor, OriginalContext, LowFrequencyFactor, HighFrequencyFactor)
            == (other.Kind, other.Factor, other.OriginalContext, other.LowFrequencyFactor,
                other.HighFrequencyFactor)
        && (BetaFast, BetaSlow, Unrounded, AttentionFactor)
            == (other.BetaFast, other.BetaSlow, other.Unrounded, other.AttentionFactor)
        && (Divisors ?? []).SequenceEqual(other.Divisors ?? [])
        && (LongDivisors ?? []).SequenceEqual(other.LongDivisors ?? []);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, Factor, OriginalContext);

    internal void Validate(int pairs)
    {
        const string Part = "positions.rotaryScaling.";
        ConfigRule.Known(Part + "kind", Kind);
        ConfigRule.Range(Part + "factor", Factor ?? 1, 1e-6, 1e6);
        ConfigRule.Range(Part + "originalContext", OriginalContext ?? 1, 1, 1 << 30);
        ConfigRule.Range(Part + "lowFrequencyFactor", LowFrequencyFactor ?? 1, 1e-6, 1e6);
        ConfigRule.Range(Part + "highFrequencyFactor", HighFrequencyFactor ?? 1, 1e-6, 1e6);
        ConfigRule.Range(Part + "betaFast", BetaFast ?? 32, 1e-6, 1e6);
        ConfigRule.Range(Part + "betaSlow", BetaSlow ?? 1, 1e-6, 1e6);
        ConfigRule.Range(Part + "attentionFactor", AttentionFactor ?? 1, 1e-6, 1e6);
        Require(Kind is RotaryScalingKind.Divisors || Factor is not null, "a factor");
        Require(
            Kind is RotaryScalingKind.Linear or RotaryScalingKind.Divisors
            || OriginalContext is not null, "an originalContext");
        Require(
            Kind is not RotaryScalingKind.Llama3
            || (LowFrequencyFactor is not null && HighFrequencyFactor > LowFrequencyFactor),
            "a lowFrequencyFactor below its highFrequencyFactor");
        Require(
            Kind is not (RotaryScalingKind.Divisors or RotaryScalingKind.LongRope)
            || IsList(Divisors), $"{pairs} positive divisors");
        Require(
            Kind is not RotaryScalingKind.LongRope || IsList(LongDivisors),
            $"{pairs} positive longDivisors");

        bool IsList(IReadOnlyList<float>? list) => list?.Count == pairs
            && list.All(divisor => divisor > 0 && float.IsFinite(divisor));

        void Require(bool holds, string needed)
        {
            if (!holds)
            {
                throw new InvalidDataException(
                    $"TransformerConfig: positions.rotaryScaling of kind {Kind} needs {needed}.");
            }
        }
    }
}

/// <summary>The kinds of <see cref="RotaryScaling"/>.</summary>
public enum RotaryScalingKind
{
    /// <summary>All frequencies are divided by the factor (Chen et al. 2023).</summary>
    Linear,

    /// <summary>Long wavelengths are divided by the factor, short ones stay (Llama 3.1).</summary>
    Llama3,

    /// <summary>As Llama 3's, by how often a pair turns, and scores grow (Peng et al.
    /// 2023).</summary>
    Yarn,

    /// <summary>A divisor for each pair, others beyond the original context (Ding et al.
    /// 2024).</summary>
    LongRope,

    /// <summary>A divisor for each pair.</summary>
    Divisors,
}
