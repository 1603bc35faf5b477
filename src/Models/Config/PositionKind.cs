namespace Vitrine.Models.Positions;

/// <summary>How a model knows where a token stands.</summary>
public enum PositionKind
{
    /// <summary>Not at all, but for what causal attention shows.</summary>
    None,

    /// <summary>A trained vector for each position, added to the residual stream.</summary>
    Learned,

    /// <summary>Sines and cosines, added to the residual stream (Vaswani et al. 2017).</summary>
    Sinusoidal,

    /// <summary>Queries and keys are turned by the position (Su et al. 2021).</summary>
    Rotary,

    /// <summary>A penalty on scores that grows with the distance (Press et al. 2022).</summary>
    Alibi,

    /// <summary>A trained bias on scores for each head and bucket of distances, as in T5 (Raffel et
    /// al. 2020).</summary>
    Relative,

    /// <summary>A trained vector for each position, added to what queries and keys read and to
    /// nothing else (Press et al. 2021).</summary>
    Shortformer,
}
