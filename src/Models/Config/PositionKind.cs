namespace Vitrine.Models.Positions;

/// <summary>How a model represents positions.</summary>
public enum PositionKind
{
    /// <summary>None, apart from what causal attention reveals.</summary>
    None,

    /// <summary>A trained vector for each position, added to the residual stream.</summary>
    Learned,

    /// <summary>Sines and cosines, added to the residual stream (Vaswani et al. 2017).</summary>
    Sinusoidal,

    /// <summary>Queries and keys are rotated by the position (Su et al. 2021).</summary>
    Rotary,

    /// <summary>A penalty on scores that grows with the distance (Press et al. 2022).</summary>
    Alibi,

    /// <summary>A trained bias on scores for each head and bucket of distances, as in T5 (Raffel et
    /// al. 2020).</summary>
    Relative,

    /// <summary>A trained vector for each position, added only to the inputs of queries and keys
    /// (Press et al. 2021).</summary>
    Shortformer,
}
