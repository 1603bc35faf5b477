using System.Text.Json.Serialization;

namespace Vitrine.Interp.Patching;

/// <summary>The metric of a patch, at the last position.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MetricKind>))]
public enum MetricKind
{
    /// <summary>The answer's logit minus the other answer's, in logits.</summary>
    [JsonStringEnumMemberName("logitDifference")]
    LogitDifference,

    /// <summary>The answer's probability.</summary>
    [JsonStringEnumMemberName("probability")]
    Probability,

    /// <summary>−log of the answer's probability, in nats.</summary>
    [JsonStringEnumMemberName("loss")]
    Loss,

    /// <summary>The divergence from the clean run's distribution, Σ p_clean (log p_clean − log p),
    /// in nats.</summary>
    [JsonStringEnumMemberName("kl")]
    Kl,
}
