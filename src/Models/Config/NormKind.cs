namespace Vitrine.Models;

/// <summary>The kinds of norm.</summary>
public enum NormKind
{
    /// <summary>Nothing: every path through the model is linear apart from the attention
    /// patterns.</summary>
    None,

    /// <summary>LayerNorm with weight and bias (Ba, Kiros and Hinton 2016).</summary>
    LayerNorm,

    /// <summary>RMSNorm, which subtracts no mean (Zhang and Sennrich 2019).</summary>
    RmsNorm,
}
