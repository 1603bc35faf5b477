using Vitrine.Interp.Heads;
using Vitrine.Tensors;

namespace Vitrine.Interp.Circuits;

/// <summary>A head in the graph of compositions.</summary>
/// <param name="Layer">Its layer.</param>
/// <param name="Head">Its number in the layer.</param>
public sealed record CompositionNode(int Layer, int Head);

/// <summary>How strongly a later head reads the output of an earlier one.</summary>
/// <param name="Kind">Q, K or V: through which input.</param>
/// <param name="From">The writer, <c>layer.index</c>.</param>
/// <param name="To">The reader, <c>layer.index</c>.</param>
/// <param name="Value">The ratio of Frobenius norms, 0 … 1.</param>
/// <param name="Mean">The mean over random matrices.</param>
/// <param name="Sd">Their standard deviation.</param>
/// <param name="Z">How many standard deviations the value is above the mean.</param>
public sealed record CompositionEdge(
    string Kind, string From, string To, double Value, double Mean, double Sd, double Z);

/// <summary>The composition of random heads.</summary>
/// <param name="Draws">Pairs that were drawn.</param>
/// <param name="Shape">(dModel, dHead) of the factors.</param>
/// <param name="Mean">The mean.</param>
/// <param name="Sd">The sample standard deviation.</param>
public sealed record CompositionBaseline(
    int Draws, IReadOnlyList<int> Shape, double Mean, double Sd);

/// <summary>The Q-, K- and V-composition of all pairs of heads in different layers.</summary>
/// <remarks>
/// <code>
/// composition = ‖L R‖_F / (‖L‖_F ‖R‖_F)      L = W_OV of the earlier head
/// R = W_QK (Q),  W_QKᵀ (K),  W_OV (V)         of the later head
/// </code>
/// The norms are taken through the factors: with <c>L = A B</c> and <c>R = C D</c> the product is
/// <c>A (B C) D</c>, and only dHead × dHead matrices are formed. Elhage et al. (2021), "Two-layer
/// attention-only transformers: composition". Norms between the heads are left out.
/// </remarks>
/// <param name="Nodes">Every head.</param>
/// <param name="Edges">Every pair, by kind, then writer, then reader.</param>
/// <param name="Baseline">Random heads of the same shapes.</param>
public sealed record Composition(
    IReadOnlyList<CompositionNode> Nodes,
    IReadOnlyList<CompositionEdge> Edges,
    CompositionBaseline Baseline)
    : Analysis(
        "composition",
        "Which heads work together?",
        "share of the largest possible norm",
        "‖W_OV R‖ / (‖W_OV‖ ‖R‖) in Frobenius norms, with R = W_QK, W_QKᵀ, W_OV of the later head "
        + "for Q, K and V; z over pairs of random heads of the same shapes; norms between the "
        + "heads are left out.")
{
    private static readonly string[] Kinds = ["Q", "K", "V"];

    /// <summary>The baseline of random heads of the same shapes.</summary>
    public new CompositionBaseline Baseline { get; } = Baseline;

    /// <summary>Composes all pairs.</summary>
    /// <param name="heads">Every head of the model with its place.</param>
    /// <param name="draws">Pairs of random heads to draw, at least 2.</param>
    /// <param name="seed">The seed of the draws.</param>
    /// <exception cref="ArgumentException">The heads are not in at least two layers.</exception>
    internal static Composition Of(
        IReadOnlyList<(Head Place, HeadWeights Weights)> heads, int draws = 200, ulong seed = 0) =>
        Of(heads, Random(heads[0].Weights.DModel, heads[0].Weights.DHead, draws, seed));

    /// <param name="heads">Heads of at least two layers.</param>
    /// <param name="baseline">Random heads of the same shapes.</param>
    internal static Composition Of(
        IReadOnlyList<(Head Place, HeadWeights Weights)> heads, CompositionBaseline baseline)
    {
        if (heads.Select(head => head.Place.Layer).Distinct().Count() < 2)
        {
            throw new ArgumentException(
                "Composition: heads compose across layers, so at least two layers are needed; got "
                + $"{heads.Count} heads in one; use a model of two layers.", nameof(heads));
        }

        var parts = heads.Select(head => (head.Place, Parts: new HeadParts(head.Weights))).ToList();
        var edges = new List<CompositionEdge>();
        for (int kind = 0; kind < Kinds.Length; kind++)
        {
            foreach ((Head from, HeadParts writer) in parts)
            {
                foreach ((Head to, HeadParts reader) in parts.Where(
                    head => head.Place.Layer > from.Layer))
                {
                    double value = Ratio(
                        writer.OV, kind == 0 ? reader.QK : kind == 1 ? reader.KQ : reader.OV);
                    edges.Add(new CompositionEdge(
                        Kinds[kind], from.ToString(), to.ToString(), value, baseline.Mean,
                        baseline.Sd,
                        (value - baseline.Mean) / baseline.Sd));
                }
            }
        }

        parts.ForEach(head => head.Parts.Dispose());
        return new Composition(
            [.. heads.Select(head => new CompositionNode(head.Place.Layer, head.Place.Index))],
            edges,
            baseline);
    }

    /// <summary>Random heads: all four factors have independent standard normal entries.</summary>
    /// <param name="dModel">The width of the residual stream.</param>
    /// <param name="dHead">The width of a head.</param>
    /// <param name="draws">How many pairs, at least 2.</param>
    /// <param name="seed">The seed of the draws.</param>
    internal static CompositionBaseline Random(int dModel, int dHead, int draws = 200, ulong seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(draws, 2);
        double[] values = new double[draws];
        for (int draw = 0; draw < draws; draw++)
        {
            using var factors = Tensor.Empty<float>([4, dModel, dHead]);
            Ops.RandomNormal(factors, seed, (ulong)draw);
            using var left = new Factored(factors.Select(0, 0), factors.Select(0, 1));
            using var right = new Factored(factors.Select(0, 2), factors.Select(0, 3));
            values[draw] = Ratio(left, right);
        }

        var spread = Spread.Of(values);
        return new CompositionBaseline(
            draws, [dModel, dHead], spread.Mean, spread.Deviation!.Value);
    }

    /// <summary>The composition of two matrices given by their factors, <c>‖L R‖ / (‖L‖ ‖R‖)</c>; 0
    /// if either is 0.</summary>
    internal static double Ratio(LowRank left, LowRank right)
    {
        using var l = new Factored(left.Left, left.Right);
        using var r = new Factored(right.Left, right.Right);
        return Ratio(l, r);
    }

    // ‖A X Dᵀ‖² = Σ (AᵀA X) ∘ (X DᵀD) with X = Bᵀ C.
    private static double Ratio(Factored left, Factored right)
    {
        double[] between = LowRank.Gram(left.Right, right.Left);
        int rows = left.Rank;
        int columns = right.Rank;
        double sum = 0;
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                double above = 0;
                double beside = 0;
                for (int k = 0; k < rows; k++)
                {
                    above += left.LeftGram[(i * rows) + k] * between[(k * columns) + j];
                }

                for (int k = 0; k < columns; k++)
                {
                    beside += between[(i * columns) + k] * right.RightGram[(k * columns) + j];
                }

                sum += above * beside;
            }
        }

        double norms = left.Norm * right.Norm;
        return norms == 0 ? 0 : Math.Sqrt(Math.Max(0, sum)) / norms;
    }

    /// <summary>Thin factors A, B of <c>A Bᵀ</c> with their Gram matrices.</summary>
    private sealed class Factored(Tensor<float> left, Tensor<float> right) : IDisposable
    {
        public Tensor<float> Left { get; } = left.Contiguous();

        public Tensor<float> Right { get; } = right.Contiguous();

        public int Rank => Left.Shape[1];

        public double[] LeftGram { get; } = Gram(left);

        public double[] RightGram { get; } = Gram(right);

        public double Norm => Math.Sqrt(Math.Max(0, TensorPrimitives.Dot<double>(LeftGram, RightGram)));

        public void Dispose()
        {
            Left.Dispose();
            Right.Dispose();
        }

        private static double[] Gram(Tensor<float> factor)
        {
            using Tensor<float> contiguous = factor.Contiguous();
            return LowRank.Gram(contiguous, contiguous);
        }
    }

    private sealed class HeadParts(HeadWeights head) : IDisposable
    {
        public Factored OV { get; } = new(head.W_V, head.W_O.Transpose());

        public Factored QK { get; } = new(head.W_Q, head.W_K);

        public Factored KQ { get; } = new(head.W_K, head.W_Q);

        public void Dispose()
        {
            OV.Dispose();
            QK.Dispose();
            KQ.Dispose();
        }
    }
}
