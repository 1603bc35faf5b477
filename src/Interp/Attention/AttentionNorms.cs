namespace Vitrine.Interp.Attention;

/// <summary>How much of each input vector an attention layer passes on, in several measures.
/// <code>
/// f_h(u) = (u W_V,h + b_V,h) W_O,h          r_ij = Σ_h α_h,ij f_h(u_j) + δ_ij x_i
/// t_ij   = γ (r_ij − mean r_ij) / √(var m_i + ε),  m_i = Σ_j r_ij + b_O
/// mixing of v: ‖Σ_j≠i v_ij‖ / (‖Σ_j≠i v_ij‖ + ‖v_ii‖)
/// </code></summary>
/// <remarks>u is what attention reads (with a norm before it, the normalised vector), x the
/// residual stream, i the query, j the key, α the pattern. The next norm is applied to parts as its
/// linear map with the whole vector's statistics, so the parts still sum to the whole. Kobayashi et
/// al. (2020), "Attention is Not Only a Weight", equations 4–6; Kobayashi et al. (2021),
/// "Incorporating Residual and Normalization Layers into Analysis of Masked Language Models",
/// sections 3 and 5; Abnar and Zuidema (2020) for the mean weights.</remarks>
public sealed record AttentionNorms
{
    /// <summary>Queries and keys.</summary>
    public required int Positions { get; init; }

    /// <summary>Heads.</summary>
    public required int Heads { get; init; }

    /// <summary>α, float32 [head, queryPos, keyPos].</summary>
    public required float[] Weight { get; init; }

    /// <summary>‖f_h(u_j)‖, float32 [head, keyPos].</summary>
    public required float[] Value { get; init; }

    /// <summary>‖α f_h(u_j)‖, float32 [head, queryPos, keyPos].</summary>
    public required float[] Weighted { get; init; }

    /// <summary>‖Σ_h α f_h(u_j)‖ (2020), float32 [queryPos, keyPos].</summary>
    public required float[] AllHeads { get; init; }

    /// <summary>‖r_ij‖, with the residual connection (2021), float32 [queryPos, keyPos].</summary>
    public required float[] WithResidual { get; init; }

    /// <summary>‖t_ij‖, with residual connection and next norm (2021), float32 [queryPos, keyPos];
    /// null if no norm follows.</summary>
    public required float[]? WithNorm { get; init; }

    /// <summary>The mean of α over heads, float32 [queryPos, keyPos].</summary>
    public required float[] MeanWeight { get; init; }

    /// <summary>Half the mean of α over heads, half the query itself, float32
    /// [queryPos, keyPos].</summary>
    public required float[] MeanWeightWithResidual { get; init; }

    /// <summary>The mixing ratio of <see cref="AllHeads"/>, float32 [queryPos]: 0 keeps the token,
    /// 1 replaces it.</summary>
    public required float[] AllHeadsMixing { get; init; }

    /// <summary>The mixing ratio of <see cref="WithResidual"/>, float32 [queryPos].</summary>
    public required float[] WithResidualMixing { get; init; }

    /// <summary>The mixing ratio of <see cref="WithNorm"/>, float32 [queryPos]; null if no norm
    /// follows.</summary>
    public required float[]? WithNormMixing { get; init; }

    /// <summary>How far the parts of a vector after attention and residual, Σ_j r_ij + b_O, are
    /// from the vector itself, if given: the largest difference divided by the largest
    /// value.</summary>
    public double? Residual { get; init; }

    /// <summary>1 − the diagonal of <see cref="MeanWeight"/>, float32 [queryPos].</summary>
    public float[] MeanWeightMixing => OffDiagonal(MeanWeight);

    /// <summary>1 − the diagonal of <see cref="MeanWeightWithResidual"/>, float32
    /// [queryPos].</summary>
    public float[] MeanWeightWithResidualMixing => OffDiagonal(MeanWeightWithResidual);

    private float[] OffDiagonal(float[] map) =>
        [.. Enumerable.Range(0, Positions).Select(i => 1 - map[(i * Positions) + i])];
}
