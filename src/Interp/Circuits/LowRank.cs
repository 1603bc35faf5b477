using Vitrine.Tensors;

namespace Vitrine.Interp.Circuits;

/// <summary>A matrix held as two thin factors: <c>M = L Rᵀ</c>, of rank at most that of the
/// factors.</summary>
/// <remarks>A circuit over the vocabulary has 50,257² entries and rank dHead: rows, columns, single
/// entries, the spectrum and the largest entries are computed from the factors, never from the
/// whole matrix. It owns its factors.</remarks>
public sealed partial class LowRank : IDisposable
{
    /// <summary>Takes ownership of the factors.</summary>
    /// <param name="left">L, float32 [rows, rank], contiguous.</param>
    /// <param name="right">R, float32 [columns, rank], contiguous: a row for each column of
    /// M.</param>
    /// <exception cref="ShapeException">The shapes do not fit together.</exception>
    public LowRank(Tensor<float> left, Tensor<float> right)
    {
        if (left.Rank != 2 || right.Rank != 2 || left.Shape[1] != right.Shape[1])
        {
            throw new ShapeException(
                "LowRank: factors must be [rows, rank] and [columns, rank]; got "
                + $"{left.Shape} and {right.Shape}; transpose one of them?");
        }

        Left = left;
        Right = right;
    }

    /// <summary>L, float32 [rows, rank]; borrowed.</summary>
    public Tensor<float> Left { get; }

    /// <summary>R, float32 [columns, rank]; borrowed.</summary>
    public Tensor<float> Right { get; }

    /// <summary>The number of rows of M.</summary>
    public int Rows => Left.Shape[0];

    /// <summary>The number of columns of M.</summary>
    public int Columns => Right.Shape[0];

    /// <summary>The number of columns of the factors.</summary>
    public int Rank => Left.Shape[1];

    /// <summary>The product of two thin matrices of any strides, which are copied.</summary>
    /// <param name="left">float32 [rows, rank].</param>
    /// <param name="right">float32 [rank, columns].</param>
    public static LowRank Of(Tensor<float> left, Tensor<float> right) =>
        new(left.Clone(), right.Transpose().Clone());

    /// <summary>One entry, summed in double precision.</summary>
    public double this[int row, int column]
    {
        get
        {
            ReadOnlySpan<float> left = Left.Span.Slice(Check(row, Rows) * Rank, Rank);
            ReadOnlySpan<float> right = Right.Span.Slice(Check(column, Columns) * Rank, Rank);
            return DoubleSum.Dot(left, right);
        }
    }

    /// <summary>One row, float32 [columns].</summary>
    public float[] Row(int row)
    {
        Tensor<float> one = Left.Slice(0, Check(row, Rows), 1);
        using Tensor<float> product = Ops.MatMul(one, Right.Transpose());
        return product.ToArray();
    }

    /// <summary>One column, float32 [rows].</summary>
    public float[] Column(int column)
    {
        Tensor<float> one = Right.Slice(0, Check(column, Columns), 1);
        using Tensor<float> product = Ops.MatMul(one, Left.Transpose());
        return product.ToArray();
    }

    /// <summary>The whole matrix, float32 [rows, columns]; the caller owns it. For small
    /// matrices.</summary>
    public Tensor<float> Dense() => Ops.MatMul(Left, Right.Transpose());

    /// <summary>The matrix of chosen rows and columns, in the order given; the caller owns
    /// it.</summary>
    /// <param name="rows">The rows; null for all.</param>
    /// <param name="columns">The columns; null for all.</param>
    public LowRank Of(int[]? rows, int[]? columns) =>
        new(Gather(Left, rows), Gather(Right, columns));

    /// <summary>The matrix with the weighted mean subtracted from every row, every column, or both:
    /// <code>M[i, j] − Σⱼ w[j] M[i, j]      (rows: the mean over columns is taken away)</code>
    /// The rank stays the same: a mean is one vector, subtracted from a factor.</summary>
    /// <param name="rowWeights">Weights over rows, for subtracting each column's mean, float64
    /// [rows], summing to 1; null to leave it.</param>
    /// <param name="columnWeights">Weights over columns, for subtracting each row's mean, float64
    /// [columns], summing to 1; null to leave it.</param>
    /// <returns>A new matrix that the caller owns.</returns>
    public LowRank Centred(ReadOnlySpan<double> rowWeights, ReadOnlySpan<double> columnWeights) =>
        new(Centred(Left, rowWeights), Centred(Right, columnWeights));

    /// <summary>Releases the factors.</summary>
    public void Dispose()
    {
        Left.Dispose();
        Right.Dispose();
    }

    private static Tensor<float> Gather(Tensor<float> factor, int[]? ids)
    {
        if (ids is null)
        {
            return factor.Clone();
        }

        using Tensor<int> indices = Tensor.From<int>(ids, [ids.Length], factor.Device);
        return Ops.GatherRows(factor, indices);
    }

    private static Tensor<float> Centred(Tensor<float> factor, ReadOnlySpan<double> weights)
    {
        Tensor<float> centred = factor.Clone();
        int rank = factor.Shape[1];
        if (weights.IsEmpty)
        {
            return centred;
        }

        if (weights.Length != factor.Shape[0])
        {
            throw new ShapeException(
                $"LowRank: centring needs one weight for each of {factor.Shape[0]}; got "
                    + $"{weights.Length}.");
        }

        double[] mean = new double[rank];
        Span<float> values = centred.WritableSpan;
        for (int cell = 0; cell < values.Length; cell++)
        {
            mean[cell % rank] += weights[cell / rank] * values[cell];
        }

        for (int cell = 0; cell < values.Length; cell++)
        {
            values[cell] = (float)(values[cell] - mean[cell % rank]);
        }

        return centred;
    }

    private static int Check(int index, int count) => (uint)index < (uint)count
        ? index
        : throw new ArgumentOutOfRangeException(
            nameof(index), index, $"LowRank: rows and columns must be 0 … {count - 1}.");
}
