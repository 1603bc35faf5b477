using Vitrine.Tensors;

namespace Vitrine.Interp.Embeddings;

/// <summary>Rows of a matrix that an analysis looks at, copied together and checked once.</summary>
internal sealed record EmbeddingRows(float[] Values, int Count, int Columns)
{
    public static EmbeddingRows All(string op, Tensor<float> matrix)
    {
        Check(op, matrix, matrix.Rank == 2 ? matrix.Shape[0] : 0);
        return new EmbeddingRows(matrix.ToArray(), matrix.Shape[0], matrix.Shape[1]).Finite(op);
    }

    public static EmbeddingRows Chosen(string op, Tensor<float> matrix, ReadOnlySpan<int> ids)
    {
        Check(op, matrix, ids.Length);
        int columns = matrix.Shape[1];
        float[] values = new float[ids.Length * columns];
        for (int i = 0; i < ids.Length; i++)
        {
            if ((uint)ids[i] >= (uint)matrix.Shape[0])
            {
                throw new ArgumentOutOfRangeException(
                    nameof(ids), $"{op}: rows must be inside {matrix.Shape}; got {ids[i]}; use 0 … "
                        + $"{matrix.Shape[0] - 1}.");
            }

            using Tensor<float> row = matrix.Select(0, ids[i]);
            row.CopyTo(values.AsSpan(i * columns, columns));
        }

        return new EmbeddingRows(values, ids.Length, columns).Finite(op);
    }

    public ReadOnlySpan<float> Row(int row) => Values.AsSpan(row * Columns, Columns);

    private static void Check(string op, Tensor<float> matrix, int rows)
    {
        if (matrix.Rank != 2 || rows < 2 || matrix.Shape[1] < 1)
        {
            throw new ShapeException(
                $"{op}: needs a matrix [n, d] and at least two of its rows; got {matrix.Shape} and "
                + $"{rows} rows.");
        }
    }

    private EmbeddingRows Finite(string op)
    {
        int bad = Array.FindIndex(Values, value => !float.IsFinite(value));
        return bad < 0
            ? this
            : throw new ArgumentException(
                $"{op}: values must be finite; got {Values[bad]} in row {bad / Columns}, column "
                + $"{bad % Columns}.");
    }
}
