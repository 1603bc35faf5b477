namespace Vitrine.Tensors;

/// <content>LogSumExp.</content>
public static partial class Ops
{
    /// <summary>The logarithm of the sum of exponentials along an axis, or of everything.</summary>
    /// <remarks>
    /// <para>y = ln Σᵢ exp(xᵢ), in nats where x are logits.</para>
    /// <para>The maximum is subtracted before the exponential, so logits of ±1e4 neither overflow
    /// nor vanish; the sum is kept in double precision. Only −∞ gives −∞ (the logarithm of a sum of
    /// zeros), a +∞ gives +∞, a NaN gives NaN.</para>
    /// </remarks>
    /// <param name="x">float32 [...], any strides.</param>
    /// <param name="axis">The axis to sum over; null for all; a
    /// strided view is then copied first.</param>
    /// <param name="keepAxis">Whether the axis stays, with length 1.</param>
    /// <param name="into">Where the result goes; a new tensor, owned by the caller, if
    /// null.</param>
    /// <returns>The destination.</returns>
    /// <exception cref="ShapeException">The axis does not exist or <paramref name="into"/> has
    /// another shape.</exception>
    public static Tensor<float> LogSumExp(
        Tensor<float> x, int? axis = null, bool keepAxis = false, Tensor<float>? into = null) =>
        Reduction.Run<LogSumExpReduction, ScaledSum>(
            nameof(LogSumExp), x, axis, keepAxis, into, accumulate: false);
}
