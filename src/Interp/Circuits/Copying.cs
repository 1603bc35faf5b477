using System.Numerics;
using System.Text.Json.Serialization;
using Vitrine.Tensors;

namespace Vitrine.Interp.Circuits;

/// <summary>How a circuit treats the tokens it reads, over a set of tokens.</summary>
/// <param name="Types">How many tokens are sources and outputs.</param>
/// <param name="Score">Σ Re λ / Σ |λ| of the circuit among them.</param>
/// <param name="TopSelf">The share of tokens whose largest output is themselves.</param>
/// <param name="RaiseSelf">The share of tokens that raise themselves above the mean output.</param>
/// <param name="OwnLogit">The mean contribution of a token to its own logit, minus its mean
/// contribution to all logits.</param>
public sealed record CopyingAmong(
    int Types, double Score, double TopSelf, double RaiseSelf, double OwnLogit);

/// <summary>Whether a head copies: the eigenvalues of its OV circuit, and what tokens do to their
/// own logits.</summary>
/// <remarks>
/// <code>score = Σ Re λ / Σ |λ|   over the eigenvalues λ of W_E W_V W_O W_U</code>
/// An eigenvector with a positive eigenvalue is a mixture of tokens that raises itself; a score of
/// 1 means that all do, −1 that all lower themselves. The score overstates the copying of single
/// tokens, since mixtures can copy when their members do not; the shares count tokens. Elhage et
/// al. (2021), "Summarizing OV/QK matrices". </remarks>
/// <param name="Head">The head, <c>layer.index</c>.</param>
/// <param name="Eigenvalues">(real, imaginary) of the dHead eigenvalues that can differ from 0, by
/// falling modulus.</param>
/// <param name="Score">The copying score over the whole vocabulary.</param>
/// <param name="Baseline">The same for random matrices; the radius is that of the grey
/// disc.</param>
/// <param name="All">Over the whole vocabulary; null if not requested.</param>
/// <param name="Common">Over the tokens common in the text; null if all are included.</param>
public sealed record Copying(
    string Head,
    IReadOnlyList<double[]> Eigenvalues,
    double Score,
    RandomSpectrum Baseline,
    CopyingAmong? All,
    CopyingAmong? Common)
    : Analysis(
        "eigenvalues",
        "Does it copy?",
        "logits",
        "Eigenvalues of W_E W_V W_O W_U through the dHead × dHead product W_O W_U W_E W_V; copying "
        + "score Σ Re λ / Σ |λ|. Norms, biases and positions are left out. Random: the same for "
        + "matrices with normal entries in the model's shapes, with the same mean square entry; "
        + "the radius holds 95% of their eigenvalues.")
{
    private const int RowsAtOnce = 64;

    /// <summary>The baseline of random matrices of the same shapes.</summary>
    public new RandomSpectrum Baseline { get; } = Baseline;

    /// <summary>Among common tokens, or among all if there is no text to tell which are
    /// common.</summary>
    [JsonIgnore]
    public CopyingAmong Tokens => (Common ?? All)!;

    /// <summary>Reads a head.</summary>
    /// <param name="name">The head.</param>
    /// <param name="head">Its weights.</param>
    /// <param name="tokens">Which tokens are common.</param>
    /// <param name="random">The baseline for the head's shapes, as drawn.</param>
    /// <param name="all">Whether the whole vocabulary is also counted, which needs all its outputs,
    /// if only some tokens are common.</param>
    internal static Copying Of(
        Head name, HeadWeights head, TokenSubset tokens, RandomSpectrum random, bool all = true)
    {
        using HeadCircuits circuits = HeadCircuits.Of(head);
        Complex[] values = circuits.OV.Eigenvalues();
        CopyingAmong? common = null;
        if (tokens.LeftOut > 0)
        {
            using LowRank among = circuits.OV.Of(tokens.Ids, tokens.Ids);
            common = Among(among, ScoreOf(among.Eigenvalues()));
        }

        return new Copying(
            name.ToString(),
            [.. values.Select(value => (double[])[value.Real, value.Imaginary])],
            ScoreOf(values),
            random.For(head),
            all || common is null ? Among(circuits.OV, ScoreOf(values)) : null,
            common);
    }

    /// <summary><c>Σ Re λ / Σ |λ|</c>; 0 if all are 0.</summary>
    internal static double ScoreOf(IReadOnlyCollection<Complex> eigenvalues)
    {
        double modulus = eigenvalues.Sum(value => value.Magnitude);
        return modulus == 0 ? 0 : eigenvalues.Sum(value => value.Real) / modulus;
    }

    /// <summary>The effect of the tokens of a square circuit on themselves.</summary>
    /// <param name="ov">[source, out] over the same tokens.</param>
    /// <exception cref="ShapeException">It is not square, or empty.</exception>
    internal static CopyingAmong Among(LowRank ov) => Among(ov, ScoreOf(ov.Eigenvalues()));

    private static CopyingAmong Among(LowRank ov, double score)
    {
        if (ov.Rows == 0)
        {
            throw new ShapeException("Copying: a circuit needs at least one token; got none.");
        }

        double[] even = new double[ov.Columns];
        Array.Fill(even, 1.0 / ov.Columns);
        using LowRank centred = ov.Centred([], even);
        double own = 0;
        int raised = 0;
        for (int token = 0; token < ov.Rows; token++)
        {
            double above = centred[token, token];
            own += above;
            raised += above > 0 ? 1 : 0;
        }

        double types = ov.Rows;
        return new CopyingAmong(ov.Rows, score, Largest(ov) / types, raised / types, own / types);
    }

    // How many tokens have themselves as their largest output; blocks of rows are never kept.
    private static int Largest(LowRank ov)
    {
        int found = 0;
        using Tensor<float> memory = Tensor.Empty<float>(
            [Math.Min(RowsAtOnce, ov.Rows), ov.Columns], ov.Left.Device);
        using Tensor<int> largest = Tensor.Empty<int>([memory.Shape[0]], memory.Device);
        for (int start = 0; start < ov.Rows; start += RowsAtOnce)
        {
            int rows = Math.Min(RowsAtOnce, ov.Rows - start);
            Tensor<float> block = memory.Slice(0, 0, rows);
            Tensor<int> best = largest.Slice(0, 0, rows);
            Ops.MatMul(ov.Left.Slice(0, start, rows), ov.Right.Transpose(), into: block);
            Ops.ArgMax(block, -1, into: best);
            for (int row = 0; row < rows; row++)
            {
                found += best.Span[row] == start + row ? 1 : 0;
            }
        }

        return found;
    }
}
