namespace Vitrine.Tensors;

/// <content>Attention, fused.</content>
public static unsafe partial class Ops
{
    /// <summary>Attention of every head, without holding the pattern.
    /// <code>
    /// score[b, h, i, j] = cap(scale · Σ_d q[b, i, h, d] · k[b, j, g, d])
    ///     + relativeBias[h, distance] + mask[b, h, i, j],  cap(x) = c · tanh(x / c) or x
    /// logSumExp[b, h, i] = log(Σ_j exp score[b, h, i, j] + exp sinks[h])
    /// z[b, i, h, d] = Σ_j exp(score[b, h, i, j] − logSumExp[b, h, i]) · v[b, j, g, d]
    /// g = ⌊h · kvHead / head⌋
    /// </code></summary>
    /// <remarks>
    /// <para>A query's position is i + keyPos − queryPos: the queries are the last positions, as
    /// when earlier keys come from a cache. Causal attention sees the keys j up to that
    /// position.</para>
    /// <para>Its definition is <see cref="AttentionScores"/>, <see cref="AttentionPattern"/>,
    /// <see cref="AttentionWeightedSum"/>, in memory O(pos) instead of O(pos²): scores exist as tiles
    /// in
    /// cache, with a running maximum and sum for each query (Dao et al. 2022; Milakov and
    /// Gimelshein 2018), and tiles above the diagonal are never computed.</para>
    /// <para>A query that sees no key (all −∞) attends to nothing: its z is 0, the empty sum, its
    /// logSumExp −∞, and no gradient passes. A NaN or +∞ among its scores makes the row NaN.</para>
    /// <para>Sums run in float32, in an order that depends on the shape alone: the same bits for
    /// any number of threads. Measured against float64: within 3e-7 of the largest entry.</para>
    /// </remarks>
    /// <param name="q">float32 [batch, queryPos, head, dHead], any strides.</param>
    /// <param name="k">float32 [batch, keyPos, kvHead, dHead]; head is a multiple of
    /// kvHead.</param>
    /// <param name="v">float32 [batch, keyPos, kvHead, dHead].</param>
    /// <param name="normaliser">float32 [batch, head, queryPos, 2], in nats: a query's largest
    /// score, and log Σ_j exp(score − largest). Their sum is logSumExp; kept separately, so the
    /// backward pass loses nothing to rounding. The caller owns it.</param>
    /// <param name="form">Which keys a query sees, scale and cap.</param>
    /// <param name="relativeBias">float32 [head, distance], added to the scores, or null. Causal:
    /// entry n is for keys n positions back, keyPos entries. Not causal: queryPos + keyPos − 1
    /// entries, of which entry n is for keys n − (queryPos − 1) positions back.</param>
    /// <param name="mask">float32 [queryPos, keyPos], [batch, queryPos, keyPos] or [batch, head,
    /// queryPos, keyPos], added to the scores (−∞ hides a key), or null. A length of 1 is
    /// broadcast. It gets no gradient.</param>
    /// <param name="sinks">float32 [head]: the score of one more key of each head, whose value is 0
    /// (Agarwal et al. 2025), or null.</param>
    /// <returns>z, float32 [batch, queryPos, head, dHead]; the caller owns it.</returns>
    /// <exception cref="ShapeException">A shape does not fit the others, head is not a multiple of
    /// kvHead, or causal attention has more queries than keys.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The window is below 1, or the cap not above
    /// 0.</exception>
    public static Tensor<float> Attention(
        Tensor<float> q, Tensor<float> k, Tensor<float> v, out Tensor<float> normaliser,
        AttentionForm form = default, Tensor<float>? relativeBias = null,
        Tensor<float>? mask = null, Tensor<float>? sinks = null)
    {
        Device.RequireCpu("Attention", q, k, v, relativeBias, mask, sinks);
        var problem = new AttentionProblem("Attention", q, k, v, form, relativeBias, mask, sinks);
        Tensor<float> z = Tensor.Empty<float>(q.Shape, q.Device);
        normaliser = Tensor.Empty<float>(
            [problem.Batch, problem.Heads, problem.Queries, 2], q.Device);
        problem.Z = new AttentionOperand(z);
        problem.Normaliser = new AttentionOperand(normaliser);
        WidestGemm.Run(ref problem);
        z.KeepAlive();
        normaliser.KeepAlive();
        KeepAttention(q, k, v, relativeBias, mask, sinks);
        return z;
    }

    /// <summary>The gradients of <see cref="Attention"/>, added into the given buffers.
    /// <code>
    /// pattern = exp(score − logSumExp),  dPattern[b, h, i, j] = Σ_d dZ[b, i, h, d] · v[b, j, g, d]
    /// dScore = pattern ∘ (dPattern − Σ_d dZ ∘ z), times 1 − tanh² before dQ and dK if capped
    /// dQ[b, i, h] += scale · Σ_j dScore[b, h, i, j] · k[b, j, g]
    /// dK[b, j, g] += scale · Σ_h Σ_i dScore[b, h, i, j] · q[b, i, h],  h over the heads of g
    /// dV[b, j, g] += Σ_h Σ_i pattern[b, h, i, j] · dZ[b, i, h]
    /// dRelativeBias[h, n] += Σ_b Σ dScore[b, h, i, j] over i, j at distance n
    /// dSinks[h] −= Σ_b Σ_i exp(sinks[h] − logSumExp) · Σ_d dZ ∘ z
    /// </code></summary>
    /// <remarks>Scores and pattern are recomputed tile by tile, once: five products compared with
    /// the forward pass's two. The same bits for any number of threads.</remarks>
    /// <param name="q">float32 [batch, queryPos, head, dHead].</param>
    /// <param name="k">float32 [batch, keyPos, kvHead, dHead].</param>
    /// <param name="v">float32 [batch, keyPos, kvHead, dHead].</param>
    /// <param name="z">float32 [batch, queryPos, head, dHead], from the forward pass.</param>
    /// <param name="normaliser">float32 [batch, head, queryPos, 2], from the forward pass.</param>
    /// <param name="dZ">float32 [batch, queryPos, head, dHead].</param>
    /// <param name="dQ">float32, q's shape, added to; null if not wanted.</param>
    /// <param name="dK">float32, k's shape, added to; null if not wanted.</param>
    /// <param name="dV">float32, v's shape, added to; null if not wanted.</param>
    /// <param name="dRelativeBias">float32, relativeBias' shape, added to; null if not
    /// wanted.</param>
    /// <param name="dSinks">float32 [head], added to; null if not wanted.</param>
    /// <param name="form">As in the forward pass.</param>
    /// <param name="relativeBias">As in the forward pass.</param>
    /// <param name="mask">As in the forward pass.</param>
    /// <param name="sinks">As in the forward pass.</param>
    /// <exception cref="ShapeException">A shape does not fit the others.</exception>
    public static void AttentionBackward(
        Tensor<float> q, Tensor<float> k, Tensor<float> v, Tensor<float> z,
        Tensor<float> normaliser, Tensor<float> dZ, Tensor<float>? dQ, Tensor<float>? dK, Tensor<float>? dV,
        Tensor<float>? dRelativeBias = null, Tensor<float>? dSinks = null,
        AttentionForm form = default, Tensor<float>? relativeBias = null,
        Tensor<float>? mask = null, Tensor<float>? sinks = null)
    {
        const string Op = "AttentionBackward";
        Device.RequireCpu(
            Op, q, k, v, z, normaliser, dZ, dQ, dK, dV, dRelativeBias, dSinks, relativeBias, mask,
            sinks);
        var problem = new AttentionProblem(Op, q, k, v, form, relativeBias, mask, sinks);
        RequireShape(Op, "z", z, q.Shape);
        RequireShape(
            Op, "normaliser", normaliser, [problem.Batch, problem.Heads, problem.Queries, 2]);
        RequireShape(Op, "dZ", dZ, q.Shape);
        RequireGradient(Op, "dQ", dQ, q.Shape);
        RequireGradient(Op, "dK", dK, k.Shape);
        RequireGradient(Op, "dV", dV, v.Shape);
        RequireGradient(Op, "dRelativeBias", dRelativeBias, [problem.Heads, problem.Distances]);
        if (dSinks is not null)
        {
            RequireGradient(Op, "dSinks", dSinks, sinks?.Shape ?? [0]);
        }

        problem.Z = new AttentionOperand(z);
        problem.Normaliser = new AttentionOperand(normaliser);
        problem.DZ = new AttentionOperand(dZ);
        problem.DQ = new AttentionOperand(dQ);
        problem.DK = new AttentionOperand(dK);
        problem.DV = new AttentionOperand(dV);
        problem.DRelativeBias = new AttentionOperand(dRelativeBias);
        problem.DSinks = new AttentionOperand(dSinks);
        WidestGemm.Run(ref problem);
        KeepWritten(dQ);
        KeepWritten(dK);
        KeepWritten(dV);
        KeepWritten(dRelativeBias);
        KeepWritten(dSinks);
        KeepAttention(q, k, v, relativeBias, mask, sinks);
        z.KeepAlive();
        normaliser.KeepAlive();
        dZ.KeepAlive();
    }

    private static void KeepAttention(
        Tensor<float> q, Tensor<float> k, Tensor<float> v, Tensor<float>? relativeBias,
        Tensor<float>? mask, Tensor<float>? sinks)
    {
        q.KeepAlive();
        k.KeepAlive();
        v.KeepAlive();
        relativeBias?.KeepAlive();
        mask?.KeepAlive();
        sinks?.KeepAlive();
    }

    private static void KeepWritten(Tensor<float>? written)
    {
        written?.MarkWritten();
        written?.KeepAlive();
    }
}
