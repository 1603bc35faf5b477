namespace Vitrine.Tensors;

/// <content>Sum.</content>
public static partial class Ops
{
    /// <summary>The sum along an axis, or of everything.</summary>
    /// <remarks>
    /// <para>y = Σᵢ xᵢ. The sum of nothing is 0.</para>
    /// <para>Interleaved double-precision accumulators, one for each lane of a few vectors, on a
    /// fixed tree, rounded once at the end: the error is that of one float32 rounding, whatever the
    /// length.</para>
    /// </remarks>
    /// <param name="x">float32 [...], any strides.</param>
    /// <param name="axis">The axis to sum over; null for all; a
    /// strided view is then copied first.</param>
    /// <param name="keepAxis">Whether the axis stays, with length 1.</param>
    /// <param name="into">Where the result goes; a new tensor, owned by the caller, if
    /// null.</param>
    /// <param name="accumulate">Whether the result is added to <paramref name="into"/>.</param>
    /// <returns>The destination.</returns>
    /// <exception cref="ShapeException">The axis does not exist or <paramref name="into"/> has
    /// another shape.</exception>
    /// <exception cref="ArgumentException"><paramref name="accumulate"/> without
    /// <paramref name="into"/>.</exception>
    public static Tensor<float> Sum(
        Tensor<float> x,
        int? axis = null,
        bool keepAxis = false,
        Tensor<float>? into = null,
        bool accumulate = false) =>
        Reduction.Run<SumReduction, double>(nameof(Sum), x, axis, keepAxis, into, accumulate);

    /// <summary>The mean along an axis, or of everything.</summary>
    /// <remarks>
    /// <para>y = Σᵢ xᵢ / n. The mean of nothing is NaN (0/0).</para>
    /// <para>Summed and divided in double precision, rounded once.</para>
    /// </remarks>
    /// <param name="x">float32 [...], any strides.</param>
    /// <param name="axis">The axis to average over; null for all; a
    /// strided view is then copied first.</param>
    /// <param name="keepAxis">Whether the axis stays, with length 1.</param>
    /// <param name="into">Where the result goes; a new tensor, owned by the caller, if
    /// null.</param>
    /// <param name="accumulate">Whether the result is added to <paramref name="into"/>.</param>
    /// <returns>The destination.</returns>
    /// <exception cref="ShapeException">The axis does not exist or <paramref name="into"/> has
    /// another shape.</exception>
    /// <exception cref="ArgumentException"><paramref name="accumulate"/> without
    /// <paramref name="into"/>.</exception>
    public static Tensor<float> Mean(
        Tensor<float> x,
        int? axis = null,
        bool keepAxis = false,
        Tensor<float>? into = null,
        bool accumulate = false) =>
        Reduction.Run<MeanReduction, double>(nameof(Mean), x, axis, keepAxis, into, accumulate);
}
