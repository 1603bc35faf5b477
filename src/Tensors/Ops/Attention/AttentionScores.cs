namespace Vitrine.Tensors;

/// <content>The scores of attention, explicitly.</content>
public static partial class Ops
{
    /// <summary>The scores of every query and key, −∞ where the query does not see the key: the
    /// input of the softmax.
    /// <code>
    /// score[b, h, i, j] = cap(scale · Σ_d q[b, i, h, d] · k[b, j, g, d])
    ///     + relativeBias[h, distance] + mask[b, h, i, j],  cap(x) = c · tanh(x / c) or x
    /// g = ⌊h · kvHead / head⌋;  −∞ for causal attention and j > i + keyPos − queryPos, and
    /// outside the window
    /// </code></summary>
    /// <remarks>The first step of the definition of <see cref="Attention"/>, for inspection: it
    /// holds [batch, head, queryPos, keyPos].</remarks>
    /// <param name="q">float32 [batch, queryPos, head, dHead], any strides.</param>
    /// <param name="k">float32 [batch, keyPos, kvHead, dHead]; head is a multiple of
    /// kvHead.</param>
    /// <param name="form">Which keys a query sees, scale and cap.</param>
    /// <param name="relativeBias">float32 [head, distance], as in <see cref="Attention"/>, or
    /// null.</param>
    /// <param name="mask">Added to the scores, as in <see cref="Attention"/>, or null.</param>
    /// <returns>float32 [batch, head, queryPos, keyPos]; the caller owns it.</returns>
    /// <exception cref="ShapeException">A shape does not fit the others, head is not a multiple of
    /// kvHead, or causal attention has more queries than keys.</exception>
    public static Tensor<float> AttentionScores(
        Tensor<float> q, Tensor<float> k, AttentionForm form = default,
        Tensor<float>? relativeBias = null, Tensor<float>? mask = null)
    {
        Device.RequireCpu("AttentionScores", q, k, relativeBias, mask);
        var problem = new AttentionProblem("AttentionScores", q, k, form, relativeBias, mask);
        Tensor<float> scores = ScaledProducts(problem, q, k);
        if (form.SoftCap is { } cap)
        {
            Scale(scores, 1 / cap, into: scores);
            Tanh(scores, into: scores);
            Scale(scores, cap, into: scores);
        }

        AddBiasAndHideCpu(problem, scores);
        scores.KeepAlive();
        relativeBias?.KeepAlive();
        mask?.KeepAlive();
        return scores;
    }

    /// <summary>The gradients of <see cref="AttentionScores"/>, added into the given buffers.
    /// <code>
    /// dQ[b, i, h] += scale · Σ_j dScores[b, h, i, j] · k[b, j, g]
    /// dK[b, j, g] += scale · Σ_h Σ_i dScores[b, h, i, j] · q[b, i, h],  h over the heads of g
    /// dRelativeBias[h, n] += Σ_b Σ dScores[b, h, i, j] over i, j at distance n
    /// </code></summary>
    /// <remarks>Hidden scores are constants: dScores is taken as 0 there. With a cap, dQ and dK get
    /// dScores · (1 − tanh²).</remarks>
    /// <param name="q">float32 [batch, queryPos, head, dHead].</param>
    /// <param name="k">float32 [batch, keyPos, kvHead, dHead].</param>
    /// <param name="dScores">float32 [batch, head, queryPos, keyPos].</param>
    /// <param name="dQ">float32, q's shape, added to; null if not wanted.</param>
    /// <param name="dK">float32, k's shape, added to; null if not wanted.</param>
    /// <param name="dRelativeBias">float32 [head, distance], added to; null if not wanted.</param>
    /// <param name="form">As in the forward pass.</param>
    /// <exception cref="ShapeException">A shape does not fit the others.</exception>
    public static void AttentionScoresBackward(
        Tensor<float> q, Tensor<float> k, Tensor<float> dScores, Tensor<float>? dQ,
        Tensor<float>? dK,
        Tensor<float>? dRelativeBias = null, AttentionForm form = default)
    {
        const string Op = "AttentionScoresBackward";
        Device.RequireCpu(Op, q, k, dScores, dQ, dK, dRelativeBias);
        var problem = new AttentionProblem(Op, q, k, form, null, null);
        RequireShape(
            Op, "dScores", dScores, [problem.Batch, problem.Heads, problem.Queries, problem.Keys]);
        RequireGradient(Op, "dQ", dQ, q.Shape);
        RequireGradient(Op, "dK", dK, k.Shape);
        RequireGradient(Op, "dRelativeBias", dRelativeBias, [problem.Heads, problem.Distances]);
        using Tensor<float> seen = dScores.Clone();
        HideGradientCpu(problem, seen);
        if (dRelativeBias is not null)
        {
            AddDiagonalsCpu(problem, seen, dRelativeBias);
        }

        if (form.SoftCap is { } cap)
        {
            using Tensor<float> slopes = ScaledProducts(problem, q, k);
            Scale(slopes, 1 / cap, into: slopes);
            Tanh(slopes, into: slopes);
            Square(slopes, into: slopes);
            Multiply(slopes, seen, into: slopes);
            Subtract(seen, slopes, into: seen);
        }

        AttentionGroups groups = new(problem.KvHeads, problem.Heads);
        for (int member = 0; member < groups.Size; member++)
        {
            Tensor<float> part = groups.Pattern(seen, member);
            if (dQ is not null)
            {
                MatMul(
                    part, AttentionGroups.Keys(k), problem.Scale,
                    into: groups.Queries(dQ, member), accumulate: true);
            }

            if (dK is not null)
            {
                MatMul(
                    part.Transpose(), groups.Queries(q, member), problem.Scale,
                    into: AttentionGroups.Keys(dK), accumulate: true);
            }
        }

        KeepWritten(dQ);
        KeepWritten(dK);
        KeepWritten(dRelativeBias);
        seen.KeepAlive();
    }

    /// <summary>scale · q kᵀ, [batch, head, queryPos, keyPos].</summary>
    private static Tensor<float> ScaledProducts(
        in AttentionProblem problem, Tensor<float> q, Tensor<float> k)
    {
        Tensor<float> products = Tensor.Empty<float>(
            [problem.Batch, problem.Heads, problem.Queries, problem.Keys], q.Device);
        AttentionGroups groups = new(problem.KvHeads, problem.Heads);
        for (int member = 0; member < groups.Size; member++)
        {
            MatMul(
                groups.Queries(q, member), AttentionGroups.Keys(k).Transpose(), problem.Scale,
                into: groups.Pattern(products, member));
        }

        return products;
    }
}

/// <summary>Grouped heads as batches of matrices: member m of every group shares the group's
/// keys.</summary>
internal readonly struct AttentionGroups(int kvHeads, int heads)
{
    public int Size { get; } = kvHeads == 0 ? 0 : heads / kvHeads;

    /// <summary>[batch, pos, head, dHead] as [batch, kvHead, pos, dHead] of one member.</summary>
    public Tensor<float> Queries(Tensor<float> x, int member) => x
        .Reshape(x.Shape[0], x.Shape[1], kvHeads, Size, x.Shape[3])
        .Select(3, member).Permute(0, 2, 1, 3);

    /// <summary>[batch, pos, kvHead, dHead] as [batch, kvHead, pos, dHead].</summary>
    public static Tensor<float> Keys(Tensor<float> x) => x.Permute(0, 2, 1, 3);

    /// <summary>[batch, head, queryPos, keyPos] as [batch, kvHead, queryPos, keyPos] of one
    /// member.</summary>
    public Tensor<float> Pattern(Tensor<float> x, int member) => x
        .Reshape(x.Shape[0], kvHeads, Size, x.Shape[2], x.Shape[3])
        .Select(2, member);
}
