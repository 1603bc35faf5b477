using Vitrine.Tensors;

namespace Vitrine.Interp.Embeddings;

/// <summary>A matrix at one signed byte a weight and one scale a row, with the error
/// measured.</summary>
/// <remarks>
/// <c>w[r, c] ≈ Scales[r] · Values[r, c]</c>, <c>Scales[r] = max_c |w[r, c]| / 127</c>, values
/// rounded to nearest; so no weight is off by more than half its row's scale, 1/254 of its row's
/// largest.
/// </remarks>
/// <param name="Rows">The number of rows.</param>
/// <param name="Columns">The number of columns.</param>
/// <param name="Values">The bytes, <c>[Rows, Columns]</c> row-major, −127 … 127.</param>
/// <param name="Scales">The size of one step of a byte, <c>[Rows]</c>.</param>
/// <param name="MaxError">The largest <c>|w − Scales · Values|</c>, in units of the
/// weights.</param>
/// <param name="RootMeanSquareError">The root of the mean square of the same difference.</param>
/// <param name="RelativeError">The root of the summed squared differences over the root of the
/// summed squared weights.</param>
internal sealed record QuantisedMatrix(
    int Rows,
    int Columns,
    sbyte[] Values,
    float[] Scales,
    double MaxError,
    double RootMeanSquareError,
    double RelativeError)
{
    /// <summary>Rounds a matrix, <c>float32 [rows, columns]</c>; give W_U transposed, so that a row
    /// is a token.</summary>
    /// <exception cref="ShapeException">It is not a matrix.</exception>
    /// <exception cref="ArgumentException">A weight is not finite.</exception>
    public static QuantisedMatrix Of(Tensor<float> matrix)
    {
        if (matrix.Rank != 2)
        {
            throw new ShapeException(
                $"QuantisedMatrix: needs a matrix [rows, columns]; got {matrix.Shape}.");
        }

        int rows = matrix.Shape[0];
        int columns = matrix.Shape[1];
        using Tensor<float> contiguous = matrix.Contiguous();
        ReadOnlySpan<float> weights = contiguous.Span;
        sbyte[] values = new sbyte[rows * columns];
        float[] scales = new float[rows];
        double largest = 0;
        double errors = 0;
        double squares = 0;
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<float> source = weights.Slice(row * columns, columns);
            float scale = Largest(source, row) / 127f;
            scales[row] = scale;
            for (int column = 0; column < columns; column++)
            {
                int value = scale == 0
                    ? 0
                    : (int)Math.Clamp(MathF.Round(source[column] / scale), -127f, 127f);
                values[(row * columns) + column] = (sbyte)value;
                double error = Math.Abs(source[column] - ((double)scale * value));
                largest = Math.Max(largest, error);
                errors += error * error;
                squares += (double)source[column] * source[column];
            }
        }

        return new QuantisedMatrix(
            rows, columns, values, scales, largest,
            Math.Sqrt(errors / Math.Max(1, values.Length)),
            squares == 0 ? 0 : Math.Sqrt(errors / squares));
    }

    /// <summary>The inner product of a row with a row of another matrix of the same width, in
    /// double precision.</summary>
    /// <exception cref="ShapeException">The widths differ.</exception>
    public double Dot(int row, QuantisedMatrix other, int otherRow)
    {
        if (other.Columns != Columns)
        {
            throw new ShapeException(
                $"QuantisedMatrix: rows must have the same length; got {Columns} and "
                + $"{other.Columns}.");
        }

        ReadOnlySpan<sbyte> left = Values.AsSpan(row * Columns, Columns);
        ReadOnlySpan<sbyte> right = other.Values.AsSpan(otherRow * Columns, Columns);
        long sum = 0;
        for (int column = 0; column < left.Length; column++)
        {
            sum += left[column] * right[column];
        }

        return (double)Scales[row] * other.Scales[otherRow] * sum;
    }

    private static float Largest(ReadOnlySpan<float> row, int number)
    {
        float largest = 0;
        foreach (float weight in row)
        {
            if (!float.IsFinite(weight))
            {
                throw new ArgumentException(
                    $"QuantisedMatrix: weights must be finite; got {weight} in row {number}.");
            }

            largest = Math.Max(largest, Math.Abs(weight));
        }

        return largest;
    }
}
