namespace Vitrine.Tensors;

/// <content>Sign.</content>
public static partial class Ops
{
    /// <summary>−1, 0 or 1 as every element is negative, zero or positive.</summary>
    /// <remarks>
    /// <para>y = x / |x|; a zero keeps its sign, a NaN stays.</para>
    /// <para>Exact.</para>
    /// </remarks>
    /// <param name="x">float32 [...], any strides.</param>
    /// <param name="into">Where the result goes; a new tensor, owned by the caller, if
    /// null.</param>
    /// <param name="accumulate">Whether the result is added to <paramref name="into"/>.</param>
    /// <returns>The destination, of x's shape.</returns>
    /// <exception cref="ShapeException"><paramref name="into"/> has another shape.</exception>
    /// <exception cref="ArgumentException"><paramref name="accumulate"/> without
    /// <paramref name="into"/>.</exception>
    public static Tensor<float> Sign(
        Tensor<float> x, Tensor<float>? into = null, bool accumulate = false) =>
        Elementwise.Unary(nameof(Sign), default(SignOperator), x, into, accumulate);

    private readonly struct SignOperator : IUnaryOperator
    {
        public T Invoke<TLanes, T>(T x)
            where TLanes : ILanes<T>
            where T : unmanaged
        {
            T zero = TLanes.All(0);
            T positive = TLanes.Select(TLanes.IsLess(zero, x), TLanes.All(1), x);
            return TLanes.Select(TLanes.IsLess(x, zero), TLanes.All(-1), positive);
        }
    }
}
