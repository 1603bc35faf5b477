using System.Text.Json.Serialization;

namespace Vitrine.Interp.Patching;

/// <summary>What an ablated head writes instead.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AblationKind>))]
public enum AblationKind
{
    /// <summary>Nothing: z = 0.</summary>
    [JsonStringEnumMemberName("zero")]
    Zero,

    /// <summary>Its mean over a reference batch and all positions.</summary>
    [JsonStringEnumMemberName("mean")]
    Mean,

    /// <summary>What it writes at the same position of another sequence of the reference
    /// batch.</summary>
    [JsonStringEnumMemberName("resample")]
    Resample,
}
