namespace Vitrine.Tensors;

/// <summary>Softmax, but 0 for a row of only −∞.</summary>
internal readonly unsafe struct AttentionPatternMap : IRowMap
{
    public void Invoke<TLanes, T>(float* a, float* b, float* y, int count, bool accumulate)
        where TLanes : ILanes<T>
        where T : unmanaged
    {
        if (float.IsNegativeInfinity(RowKernels.Max<TLanes, T>(a, count)))
        {
            new Span<float>(y, count).Clear();
            return;
        }

        default(SoftmaxMap).Invoke<TLanes, T>(a, b, y, count, accumulate);
    }
}

/// <content>The pattern and the values of attention, explicitly.</content>
public static partial class Ops
{
    /// <summary>What each query attends to: the softmax of its scores over the keys.
    /// <code>
    /// pattern[b, h, i, j] = exp(score[b, h, i, j] − logSumExp[b, h, i])
    /// logSumExp[b, h, i] = log(Σ_j exp score[b, h, i, j] + exp sinks[h])
    /// </code></summary>
    /// <remarks>The second step of the definition of <see cref="Attention"/>. A query that sees no
    /// key (a row of only −∞) attends to nothing: its row is 0. A NaN or +∞ makes the row NaN, as
    /// in <see cref="Softmax"/>. Its gradient is <see cref="SoftmaxBackward"/>, and dSinks[h] −=
    /// Σ (1 − Σ_j pattern) · Σ_j dPattern ∘ pattern.</remarks>
    /// <param name="scores">float32 [batch, head, queryPos, keyPos], any strides.</param>
    /// <param name="into">Where the result goes, may be scores itself; a new tensor, owned by the
    /// caller, if null.</param>
    /// <param name="sinks">float32 [head], as in <see cref="Attention"/>, or null: the rows then sum
    /// to less than 1.</param>
    /// <returns>The destination, of the scores' shape.</returns>
    /// <exception cref="ShapeException"><paramref name="into"/> has another shape, or there is no
    /// axis, or sinks are not [head].</exception>
    public static Tensor<float> AttentionPattern(
        Tensor<float> scores, Tensor<float>? into = null, Tensor<float>? sinks = null)
    {
        if (sinks is null)
        {
            return RowMap<AttentionPatternMap>.Run(
                nameof(AttentionPattern), scores, scores, -1, into, accumulate: false);
        }

        Device.RequireCpu(nameof(AttentionPattern), scores, sinks, into);
        if (scores.Rank != 4)
        {
            throw new ShapeException(
                "AttentionPattern: scores with sinks must be [batch, head, queryPos, keyPos]; got "
                + $"{scores.Shape}.");
        }

        // exp(x) / (exp(logSumExp) + exp(sink)) = softmax · σ(logSumExp − sink).
        RequireShape(nameof(AttentionPattern), "sinks", sinks, [scores.Shape[1]]);
        using Tensor<float> share = LogSumExp(scores, axis: -1, keepAxis: true);
        Subtract(share, sinks.Reshape(-1, 1, 1), into: share);
        Sigmoid(share, into: share);
        Tensor<float> pattern = AttentionPattern(scores, into);
        return Multiply(pattern, share, into: pattern);
    }

    /// <summary>The values that a pattern mixes.
    /// <code>
    /// z[b, i, h, d] = Σ_j pattern[b, h, i, j] · v[b, j, g, d],  g = ⌊h · kvHead / head⌋
    /// </code></summary>
    /// <remarks>The last step of the definition of <see cref="Attention"/>.</remarks>
    /// <param name="pattern">float32 [batch, head, queryPos, keyPos], any strides.</param>
    /// <param name="v">float32 [batch, keyPos, kvHead, dHead]; head is a multiple of
    /// kvHead.</param>
    /// <returns>z, float32 [batch, queryPos, head, dHead]; the caller owns it.</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public static Tensor<float> AttentionWeightedSum(Tensor<float> pattern, Tensor<float> v)
    {
        RequireMix("AttentionWeightedSum", pattern, v);
        Device.RequireCpu("AttentionWeightedSum", pattern, v);
        Tensor<float> z = Tensor.Empty<float>(
            [v.Shape[0], pattern.Shape[2], pattern.Shape[1], v.Shape[3]], v.Device);
        AttentionGroups groups = new(v.Shape[2], pattern.Shape[1]);
        for (int member = 0; member < groups.Size; member++)
        {
            MatMul(
                groups.Pattern(pattern, member), AttentionGroups.Keys(v),
                into: groups.Queries(z, member));
        }

        return z;
    }

    /// <summary>The gradients of <see cref="AttentionWeightedSum"/>, added into the given buffers.
    /// <code>
    /// dPattern[b, h, i, j] += Σ_d dZ[b, i, h, d] · v[b, j, g, d]
    /// dV[b, j, g] += Σ_h Σ_i pattern[b, h, i, j] · dZ[b, i, h],  h over the heads of g
    /// </code></summary>
    /// <param name="pattern">float32 [batch, head, queryPos, keyPos].</param>
    /// <param name="v">float32 [batch, keyPos, kvHead, dHead].</param>
    /// <param name="dZ">float32 [batch, queryPos, head, dHead].</param>
    /// <param name="dPattern">float32, pattern's shape, added to; null if not wanted.</param>
    /// <param name="dV">float32, v's shape, added to; null if not wanted.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public static void AttentionWeightedSumBackward(
        Tensor<float> pattern, Tensor<float> v, Tensor<float> dZ, Tensor<float>? dPattern,
        Tensor<float>? dV)
    {
        const string Op = "AttentionWeightedSumBackward";
        RequireMix(Op, pattern, v);
        RequireShape(
            Op, "dZ", dZ, [v.Shape[0], pattern.Shape[2], pattern.Shape[1], v.Shape[3]]);
        RequireGradient(Op, "dPattern", dPattern, pattern.Shape);
        RequireGradient(Op, "dV", dV, v.Shape);
        Device.RequireCpu(Op, pattern, v, dZ, dPattern, dV);
        AttentionGroups groups = new(v.Shape[2], pattern.Shape[1]);
        for (int member = 0; member < groups.Size; member++)
        {
            Tensor<float> dMember = groups.Queries(dZ, member);
            if (dPattern is not null)
            {
                MatMul(
                    dMember, AttentionGroups.Keys(v).Transpose(),
                    into: groups.Pattern(dPattern, member), accumulate: true);
            }

            if (dV is not null)
            {
                MatMul(
                    groups.Pattern(pattern, member).Transpose(), dMember,
                    into: AttentionGroups.Keys(dV), accumulate: true);
            }
        }

        KeepWritten(dPattern);
        KeepWritten(dV);
    }

    private static void RequireMix(string op, Tensor<float> pattern, Tensor<float> v)
    {
        if (pattern.Rank != 4 || v.Rank != 4 || pattern.Shape[0] != v.Shape[0]
            || pattern.Shape[3] != v.Shape[1])
        {
            throw new ShapeException(
                $"{op}: pattern must be [batch, head, queryPos, keyPos] and v [batch, keyPos, "
                + $"kvHead, dHead]; got {pattern.Shape} and {v.Shape}.");
        }

        int heads = pattern.Shape[1];
        int kvHeads = v.Shape[2];
        if (heads > 0 && (kvHeads == 0 || heads % kvHeads != 0))
        {
            throw new ShapeException(
                $"{op}: the number of heads must be a multiple of the number of value heads; got "
                + $"{heads} in pattern {pattern.Shape} and {kvHeads} in v {v.Shape}.");
        }
    }
}
