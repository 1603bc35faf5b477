namespace Vitrine.Tensors;

/// <content>Softmax and its derivative.</content>
public static partial class Ops
{
    /// <summary>Positive numbers that sum to 1 along an axis.</summary>
    /// <remarks>
    /// <para>yᵢ = exp(xᵢ − m) / Σⱼ exp(xⱼ − m), m = maxⱼ xⱼ.</para>
    /// <para>The maximum is subtracted, so logits of ±1e4 are fine; the sum is kept in double
    /// precision. A row of only −∞ (everything masked) has no distribution and gives NaN, as does a
    /// row with a +∞ or a NaN: nothing is masked.</para>
    /// </remarks>
    /// <param name="x">float32 [...], logits, any strides.</param>
    /// <param name="axis">The axis that sums to 1.</param>
    /// <param name="into">Where the result goes, may be x itself; a new tensor, owned by the
    /// caller, if null.</param>
    /// <returns>The destination, of x's shape.</returns>
    /// <exception cref="ShapeException">The axis does not exist or <paramref name="into"/> has
    /// another shape.</exception>
    public static Tensor<float> Softmax(
        Tensor<float> x, int axis = -1, Tensor<float>? into = null) =>
        RowMap<SoftmaxMap>.Run(nameof(Softmax), x, x, axis, into, accumulate: false);

    /// <summary>The gradient of <see cref="Softmax"/> with respect to its input.</summary>
    /// <remarks>
    /// <para>dXᵢ = yᵢ (dYᵢ − Σⱼ dYⱼ yⱼ). The sum is kept in double precision.</para>
    /// </remarks>
    /// <param name="y">float32 [...], what Softmax returned.</param>
    /// <param name="dY">float32 [...], the gradient with respect to y.</param>
    /// <param name="axis">The axis Softmax ran along.</param>
    /// <param name="into">Where dX goes; a new tensor, owned by the caller, if null.</param>
    /// <param name="accumulate">Whether dX is added to <paramref name="into"/>.</param>
    /// <returns>The destination.</returns>
    /// <exception cref="ShapeException">The axis does not exist or the shapes differ.</exception>
    /// <exception cref="ArgumentException"><paramref name="accumulate"/> without
    /// <paramref name="into"/>.</exception>
    public static Tensor<float> SoftmaxBackward(
        Tensor<float> y,
        Tensor<float> dY,
        int axis = -1,
        Tensor<float>? into = null,
        bool accumulate = false) =>
        RowMap<SoftmaxBackwardMap>.Run(nameof(SoftmaxBackward), y, dY, axis, into, accumulate);
}
