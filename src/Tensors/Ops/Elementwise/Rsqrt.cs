namespace Vitrine.Tensors;

/// <content>Rsqrt.</content>
public static partial class Ops
{
    /// <summary>The reciprocal square root of every element.</summary>
    /// <remarks>
    /// <para>y = 1 / √x.</para>
    /// <para>Two correctly rounded operations, error at most 1 ulp or so; ∞ at 0, NaN for negative
    /// numbers.</para>
    /// </remarks>
    /// <param name="x">float32 [...], any strides.</param>
    /// <param name="into">Where the result goes; a new tensor, owned by the caller, if
    /// null.</param>
    /// <param name="accumulate">Whether the result is added to <paramref name="into"/>.</param>
    /// <returns>The destination, of x's shape.</returns>
    /// <exception cref="ShapeException"><paramref name="into"/> has another shape.</exception>
    /// <exception cref="ArgumentException"><paramref name="accumulate"/> without
    /// <paramref name="into"/>.</exception>
    public static Tensor<float> Rsqrt(
        Tensor<float> x, Tensor<float>? into = null, bool accumulate = false) =>
        Elementwise.Unary(nameof(Rsqrt), default(RsqrtOperator), x, into, accumulate);

    private readonly struct RsqrtOperator : IUnaryOperator
    {
        public T Invoke<TLanes, T>(T x)
            where TLanes : ILanes<T>
            where T : unmanaged => TLanes.Divide(TLanes.All(1), TLanes.Sqrt(x));
    }
}
