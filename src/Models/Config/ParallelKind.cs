namespace Vitrine.Models;

/// <summary>Whether heads and MLP of a layer read the same stream.</summary>
public enum ParallelKind
{
    /// <summary>No: the MLP reads what the heads wrote.</summary>
    None,

    /// <summary>They read one norm of it (Wang and Komatsuzaki 2021).</summary>
    OneNorm,

    /// <summary>Each reads a norm of its own.</summary>
    TwoNorms,
}
