using System.Text.Json.Serialization;

namespace Vitrine.Interp.Patching;

/// <summary>What replaces an ablated head's output.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AblationKind>))]
public enum AblationKind
{
    /// <summary>Nothing: z = 0.</summary>
    [JsonStringEnumMemberName("zero")]
    Zero,

    /// <summary>Its mean over a reference batch and all positions.</summary>
    [JsonStringEnumMemberName("mean")]
    Mean,

    /// <summary>Its value at the same position of another sequence in the reference
    /// batch.</summary>
    [JsonStringEnumMemberName("resample")]
    Resample,
}
