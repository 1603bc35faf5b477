namespace Vitrine.Tensors;

/// <content>Log.</content>
public static partial class Ops
{
    /// <summary>The natural logarithm of every element.</summary>
    /// <remarks>
    /// <para>y = ln x.</para>
    /// <para>Within 1.5 units in the last place. ln 0 is −∞; the logarithm of a negative number is
    /// NaN.</para>
    /// </remarks>
    /// <param name="x">float32 [...], any strides.</param>
    /// <param name="into">Where the result goes; a new tensor, owned by the caller, if
    /// null.</param>
    /// <param name="accumulate">Whether the result is added to <paramref name="into"/>.</param>
    /// <returns>The destination, of x's shape.</returns>
    /// <exception cref="ShapeException"><paramref name="into"/> has another shape.</exception>
    /// <exception cref="ArgumentException"><paramref name="accumulate"/> without
    /// <paramref name="into"/>.</exception>
    public static Tensor<float> Log(
        Tensor<float> x, Tensor<float>? into = null, bool accumulate = false) =>
        Elementwise.Unary(nameof(Log), default(LogOperator), x, into, accumulate);

    private readonly struct LogOperator : IUnaryOperator
    {
        public T Invoke<TLanes, T>(T x)
            where TLanes : ILanes<T>
            where T : unmanaged => VectorMath.Log<TLanes, T>(x);
    }
}
