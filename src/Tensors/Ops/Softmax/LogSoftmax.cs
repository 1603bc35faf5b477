namespace Vitrine.Tensors;

/// <content>LogSoftmax and its derivative.</content>
public static partial class Ops
{
    /// <summary>The logarithm of <see cref="Softmax"/>, without forming it.</summary>
    /// <remarks>
    /// <para>yᵢ = (xᵢ − m) − ln Σⱼ exp(xⱼ − m), m = maxⱼ xⱼ; in nats.</para>
    /// <para>The maximum is subtracted and the sum kept in double precision. A row of only −∞, or
    /// with a +∞ or a NaN, gives NaN, as Softmax does.</para>
    /// </remarks>
    /// <param name="x">float32 [...], logits, any strides.</param>
    /// <param name="axis">The axis whose exponentials sum to 1.</param>
    /// <param name="into">Where the result goes, may be x itself; a new tensor, owned by the
    /// caller, if null.</param>
    /// <returns>The destination, of x's shape.</returns>
    /// <exception cref="ShapeException">The axis does not exist or <paramref name="into"/> has
    /// another shape.</exception>
    public static Tensor<float> LogSoftmax(
        Tensor<float> x, int axis = -1, Tensor<float>? into = null) =>
        RowMap<LogSoftmaxMap>.Run(nameof(LogSoftmax), x, x, axis, into, accumulate: false);

    /// <summary>The gradient of <see cref="LogSoftmax"/> with respect to its input.</summary>
    /// <remarks>
    /// <para>dXᵢ = dYᵢ − exp(yᵢ) Σⱼ dYⱼ. The sum is kept in double precision.</para>
    /// </remarks>
    /// <param name="y">float32 [...], what LogSoftmax returned.</param>
    /// <param name="dY">float32 [...], the gradient with respect to y.</param>
    /// <param name="axis">The axis LogSoftmax ran along.</param>
    /// <param name="into">Where dX goes; a new tensor, owned by the caller, if null.</param>
    /// <param name="accumulate">Whether dX is added to <paramref name="into"/>.</param>
    /// <returns>The destination.</returns>
    /// <exception cref="ShapeException">The axis does not exist or the shapes differ.</exception>
    /// <exception cref="ArgumentException"><paramref name="accumulate"/> without
    /// <paramref name="into"/>.</exception>
    public static Tensor<float> LogSoftmaxBackward(
        Tensor<float> y,
        Tensor<float> dY,
        int axis = -1,
        Tensor<float>? into = null,
        bool accumulate = false) =>
        RowMap<LogSoftmaxBackwardMap>.Run(
            nameof(LogSoftmaxBackward), y, dY, axis, into, accumulate);
}
