namespace Vitrine.Interp.Patching;

/// <summary>What an ablated head writes instead.</summary>
public enum AblationKind
{
    /// <summary>Nothing: z = 0.</summary>
    Zero,

    /// <summary>Its mean over a reference batch and all positions.</summary>
    Mean,

    /// <summary>What it writes at the same position of another sequence of the reference batch.</summary>
    Resample,
}
