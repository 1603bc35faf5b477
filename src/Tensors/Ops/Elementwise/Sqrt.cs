namespace Vitrine.Tensors;

/// <content>Sqrt.</content>
public static partial class Ops
{
    /// <summary>The square root of every element.</summary>
    /// <remarks>
    /// <para>y = √x.</para>
    /// <para>Correctly rounded; NaN for negative numbers.</para>
    /// </remarks>
    /// <param name="x">float32 [...], any strides.</param>
    /// <param name="into">Where the result goes; a new tensor, owned by the caller, if
    /// null.</param>
    /// <param name="accumulate">Whether the result is added to <paramref name="into"/>.</param>
    /// <returns>The destination, of x's shape.</returns>
    /// <exception cref="ShapeException"><paramref name="into"/> has another shape.</exception>
    /// <exception cref="ArgumentException"><paramref name="accumulate"/> without
    /// <paramref name="into"/>.</exception>
    public static Tensor<float> Sqrt(
        Tensor<float> x, Tensor<float>? into = null, bool accumulate = false) =>
        Elementwise.Unary(nameof(Sqrt), default(SqrtOperator), x, into, accumulate);

    private readonly struct SqrtOperator : IUnaryOperator
    {
        public T Invoke<TLanes, T>(T x)
            where TLanes : ILanes<T>
            where T : unmanaged => TLanes.Sqrt(x);
    }
}
