using Vitrine.Tensors;

namespace Vitrine.Interp.Circuits;

/// <summary>The matrices of a head and its surroundings; all borrowed.</summary>
/// <param name="W_E">float32 [vocab, dModel].</param>
/// <param name="W_Q">float32 [dModel, dHead].</param>
/// <param name="W_K">float32 [dModel, dHead].</param>
/// <param name="W_V">float32 [dModel, dHead].</param>
/// <param name="W_O">float32 [dHead, dModel].</param>
/// <param name="W_U">float32 [dModel, vocab].</param>
internal sealed record HeadWeights(
    Tensor<float> W_E, Tensor<float> W_Q, Tensor<float> W_K, Tensor<float> W_V, Tensor<float> W_O,
    Tensor<float> W_U)
{
    /// <summary>The query's bias, float32 [dHead], or null.</summary>
    public Tensor<float>? B_Q { get; init; }

    /// <summary>The factor on q·k.</summary>
    public float AttentionScale { get; init; } = 1;

    /// <summary>What the head reads for each token after a preceding norm, float32 [vocab, dModel]:
    /// <c>LayerNorm(W_E)</c>; null if there is none.</summary>
    public Tensor<float>? Normalized { get; init; }

    /// <summary>The weight of the norm before the unembedding, float32 [dModel], or null.</summary>
    public Tensor<float>? FinalNormWeight { get; init; }

    /// <summary>The head's width.</summary>
    public int DHead => W_Q.Shape[1];

    /// <summary>The width of the residual stream.</summary>
    public int DModel => W_Q.Shape[0];

    /// <summary><c>W_QK = W_Q W_Kᵀ</c>, [dModel, dModel]; the caller owns it.</summary>
    public LowRank QK() => LowRank.Of(W_Q, W_K.Transpose());

    /// <summary><c>W_OV = W_V W_O</c>, [dModel, dModel]; the caller owns it.</summary>
    public LowRank OV() => LowRank.Of(W_V, W_O);
}

/// <summary>The units in which a circuit is read.</summary>
public enum CircuitForm
{
    /// <summary>The product of the weight matrices alone, as in the paper.</summary>
    Weights,

    /// <summary>The quantities that the model adds up: attention scores and logits.</summary>
    Scores,
}

/// <summary>A head's two circuits over the vocabulary: which token attends to which, and what that
/// writes.</summary>
/// <remarks>
/// <code>
/// QK[destination, source] = W_E W_Q W_Kᵀ W_Eᵀ
/// OV[source, out]         = W_E W_V W_O W_U
/// </code>
/// <para>Both have the rank dHead and are held as factors. In the form
/// <see cref="CircuitForm.Scores"/> they carry the units that the model adds up: QK the attention
/// scale and b_Q; a norm before the head is applied to each token's embedding by itself; a norm
/// before the unembedding gives W_U its weight and centring, while its scale, which depends on the
/// position, is left at 1.</para>
/// <para>Left out: b_K, which adds the same to all sources of a destination, so the softmax does
/// not see it; b_V and b_O, which are written whatever the head attends to; positions, which are
/// treated separately (<see cref="PositionShare"/>); and, above the first layer, the output of
/// earlier layers, so only the direct term remains there. Elhage et al. (2021), "A Mathematical
/// Framework for Transformer Circuits".</para>
/// </remarks>
public sealed class HeadCircuits : IDisposable
{
    private HeadCircuits(CircuitForm form, LowRank qk, LowRank ov)
    {
        Form = form;
        QK = qk;
        OV = ov;
    }

    /// <summary>The units.</summary>
    public CircuitForm Form { get; }

    /// <summary>[destination, source] over the vocabulary; borrowed.</summary>
    public LowRank QK { get; }

    /// <summary>[source, out] over the vocabulary; borrowed.</summary>
    public LowRank OV { get; }

    /// <summary>Multiplies out the thin factors: <c>8 · vocab · dModel · dHead</c>
    /// operations.</summary>
    internal static HeadCircuits Of(HeadWeights head, CircuitForm form = CircuitForm.Weights)
    {
        bool scores = form == CircuitForm.Scores;
        Tensor<float> read = scores && head.Normalized is { } normalized ? normalized : head.W_E;
        Tensor<float> query = Ops.MatMul(read, head.W_Q);
        if (scores && head.B_Q is { } bias)
        {
            Ops.Add(query, bias, into: query);
        }

        if (scores)
        {
            Ops.Scale(query, head.AttentionScale, into: query);
        }

        using Tensor<float>? folded = scores && head.FinalNormWeight is { } weight
            ? Folded(head.W_U, weight)
            : null;
        return new HeadCircuits(
            form,
            new LowRank(query, Ops.MatMul(read, head.W_K)),
            new LowRank(
                Ops.MatMul(read, head.W_V),
                Ops.MatMul((folded ?? head.W_U).Transpose(), head.W_O.Transpose())));
    }

    /// <summary>Both circuits relative to the average token of the text, so that only differences
    /// seen by the softmaxes remain:
    /// <code>
    /// QK[d, s] − Σₜ u[t] QK[d, t]
    /// OV[s, o] − Σᵥ u[v] OV[s, v] − Σₜ u[t] (OV[t, o] − Σᵥ u[v] OV[t, v])
    /// </code>
    /// with u the probability of each token in the text: how much more a destination attends to a
    /// source than to a token drawn from the text, and how much more that raises an output,
    /// relative to the others, than such a token would.</summary>
    /// <param name="unigram">u, float64 [vocab], summing to 1.</param>
    /// <returns>New circuits that the caller owns.</returns>
    public HeadCircuits AgainstAverage(ReadOnlySpan<double> unigram) =>
        new(Form, QK.Centred([], unigram), OV.Centred(unigram, unigram));

    /// <summary>The circuits among chosen tokens; entry i is for token <c>ids[i]</c>.</summary>
    /// <returns>New circuits that the caller owns.</returns>
    public HeadCircuits Among(int[] ids) => new(Form, QK.Of(ids, ids), OV.Of(ids, ids));

    /// <summary>Releases the factors.</summary>
    public void Dispose()
    {
        QK.Dispose();
        OV.Dispose();
    }

    // P diag(w) W_U with P = I − 1/dModel: the norm takes the mean away, then multiplies by w.
    private static Tensor<float> Folded(Tensor<float> unembed, Tensor<float> weight)
    {
        Tensor<float> folded = Tensor.Empty<float>(
            [unembed.Shape[1], unembed.Shape[0]], unembed.Device);
        Ops.Multiply(unembed.Transpose(), weight, into: folded);
        using Tensor<float> mean = Ops.Mean(folded, -1, keepAxis: true);
        Ops.Subtract(folded, mean, into: folded);
        return folded.Transpose();
    }
}
