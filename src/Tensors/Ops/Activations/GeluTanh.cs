namespace Vitrine.Tensors;

/// <content>GeluTanh and its derivative.</content>
public static partial class Ops
{
    /// <summary>The approximation of GELU by a hyperbolic tangent (Hendrycks and Gimpel 2016), used
    /// by GPT-2.
    /// <code>y = x / 2 · (1 + tanh u),  u = √(2/π) · (x + 0.044715 x³)</code></summary>
    /// <remarks>Computed as x · σ(2u), which is the same and keeps the relative precision of the
    /// left tail.</remarks>
    /// <param name="x">float32 [...], any strides.</param>
    /// <param name="into">Where the result goes; a new tensor, owned by the caller, if
    /// null.</param>
    /// <param name="accumulate">Whether the result is added to <paramref name="into"/>.</param>
    /// <returns>The destination, of x's shape.</returns>
    /// <exception cref="ShapeException"><paramref name="into"/> has another shape.</exception>
    /// <exception cref="ArgumentException"><paramref name="accumulate"/> without
    /// <paramref name="into"/>.</exception>
    public static Tensor<float> GeluTanh(
        Tensor<float> x, Tensor<float>? into = null, bool accumulate = false) =>
        Elementwise.Unary(nameof(GeluTanh), default(GeluTanhOperator), x, into, accumulate);

    /// <summary>The gradient of <see cref="GeluTanh"/>.
    /// <code>dX = dY · (s + x · s · (1 − s) · (2u)′),  s = σ(2u)</code></summary>
    /// <param name="x">float32 [...], the input of the forward pass.</param>
    /// <param name="dY">float32, x's shape.</param>
    /// <param name="into">Where the result goes; a new tensor, owned by the caller, if
    /// null.</param>
    /// <param name="accumulate">Whether the result is added to <paramref name="into"/>.</param>
    /// <returns>dX, of x's shape.</returns>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    /// <exception cref="ArgumentException"><paramref name="accumulate"/> without
    /// <paramref name="into"/>.</exception>
    public static Tensor<float> GeluTanhBackward(
        Tensor<float> x, Tensor<float> dY, Tensor<float>? into = null, bool accumulate = false)
    {
        RequireShape(nameof(GeluTanhBackward), "dY", dY, x.Shape);
        return Elementwise.Binary(
            nameof(GeluTanhBackward), default(GeluTanhDerivative), x, dY, into, accumulate);
    }

    private readonly struct GeluTanhOperator : IUnaryOperator
    {
        public T Invoke<TLanes, T>(T x)
            where TLanes : ILanes<T>
            where T : unmanaged =>
                TLanes.Multiply(x, VectorMath.Sigmoid<TLanes, T>(Twice<TLanes, T>(x, out _)));

        /// <summary>2u, and its derivative.</summary>
        public static T Twice<TLanes, T>(T x, out T slope)
            where TLanes : ILanes<T>
            where T : unmanaged
        {
            const float Factor = 1.5957691216f;                          // 2 √(2/π)
            const float Cubic = 0.044715f * Factor;
            T square = TLanes.Multiply(x, x);
            slope = TLanes.MultiplyAdd(square, TLanes.All(3 * Cubic), TLanes.All(Factor));
            return TLanes.Multiply(
                x, TLanes.MultiplyAdd(square, TLanes.All(Cubic), TLanes.All(Factor)));
        }
    }

    private readonly struct GeluTanhDerivative : IBinaryOperator
    {
        public T Invoke<TLanes, T>(T x, T dY)
            where TLanes : ILanes<T>
            where T : unmanaged
        {
            T s = VectorMath.Sigmoid<TLanes, T>(GeluTanhOperator.Twice<TLanes, T>(x, out T slope));
            T rest = TLanes.Subtract(TLanes.All(1), s);
            T inner = TLanes.Multiply(TLanes.Multiply(x, rest), slope);
            return TLanes.Multiply(
                dY, TLanes.Multiply(s, TLanes.Add(TLanes.All(1), inner)));
        }
    }
}
