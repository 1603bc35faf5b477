namespace Vitrine.Tensors;

/// <content>Sigmoid.</content>
public static partial class Ops
{
    /// <summary>The logistic function of every element.</summary>
    /// <remarks>
    /// <para>y = 1 / (1 + e⁻ˣ).</para>
    /// <para>Stable at both ends: e⁻ˣ may become ∞, and 1/∞ is 0.</para>
    /// </remarks>
    /// <param name="x">float32 [...], any strides.</param>
    /// <param name="into">Where the result goes; a new tensor, owned by the caller, if
    /// null.</param>
    /// <param name="accumulate">Whether the result is added to <paramref name="into"/>.</param>
    /// <returns>The destination, of x's shape.</returns>
    /// <exception cref="ShapeException"><paramref name="into"/> has another shape.</exception>
    /// <exception cref="ArgumentException"><paramref name="accumulate"/> without
    /// <paramref name="into"/>.</exception>
    public static Tensor<float> Sigmoid(
        Tensor<float> x, Tensor<float>? into = null, bool accumulate = false) =>
        Elementwise.Unary(nameof(Sigmoid), default(SigmoidOperator), x, into, accumulate);

    private readonly struct SigmoidOperator : IUnaryOperator
    {
        public T Invoke<TLanes, T>(T x)
            where TLanes : ILanes<T>
            where T : unmanaged => VectorMath.Sigmoid<TLanes, T>(x);
    }
}
