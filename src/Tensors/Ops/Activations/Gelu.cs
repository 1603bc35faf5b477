namespace Vitrine.Tensors;

/// <content>Gelu and its derivative.</content>
public static partial class Ops
{
    /// <summary>Every element times the normal distribution function (Hendrycks and Gimpel 2016),
    /// the exact form.
    /// <code>y = x · Φ(x),  Φ(x) = (1 + erf(x / √2)) / 2</code></summary>
    /// <remarks>Φ(−|x|) is e^(−x²/2) times a polynomial, so the left tail keeps its relative
    /// precision; measured against float64, within 3e-7 · |y| for |x| below 3, growing with x²
    /// beyond.</remarks>
    /// <param name="x">float32 [...], any strides.</param>
    /// <param name="into">Where the result goes; a new tensor, owned by the caller, if
    /// null.</param>
    /// <param name="accumulate">Whether the result is added to <paramref name="into"/>.</param>
    /// <returns>The destination, of x's shape.</returns>
    /// <exception cref="ShapeException"><paramref name="into"/> has another shape.</exception>
    /// <exception cref="ArgumentException"><paramref name="accumulate"/> without
    /// <paramref name="into"/>.</exception>
    public static Tensor<float> Gelu(
        Tensor<float> x, Tensor<float>? into = null, bool accumulate = false) =>
        Elementwise.Unary(nameof(Gelu), default(GeluOperator), x, into, accumulate);

    /// <summary>The gradient of <see cref="Gelu"/>.
    /// <code>dX = dY · (Φ(x) + x · φ(x)),  φ(x) = e^(−x²/2) / √(2π)</code></summary>
    /// <param name="x">float32 [...], the input of the forward pass.</param>
    /// <param name="dY">float32, x's shape.</param>
    /// <param name="into">Where the result goes; a new tensor, owned by the caller, if
    /// null.</param>
    /// <param name="accumulate">Whether the result is added to <paramref name="into"/>.</param>
    /// <returns>dX, of x's shape.</returns>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    /// <exception cref="ArgumentException"><paramref name="accumulate"/> without
    /// <paramref name="into"/>.</exception>
    public static Tensor<float> GeluBackward(
        Tensor<float> x, Tensor<float> dY, Tensor<float>? into = null, bool accumulate = false)
    {
        RequireShape(nameof(GeluBackward), "dY", dY, x.Shape);
        return Elementwise.Binary(
            nameof(GeluBackward), default(GeluDerivative), x, dY, into, accumulate);
    }

    private readonly struct GeluOperator : IUnaryOperator
    {
        public T Invoke<TLanes, T>(T x)
            where TLanes : ILanes<T>
            where T : unmanaged => TLanes.Multiply(x, VectorMath.Normal<TLanes, T>(x, out _));
    }

    private readonly struct GeluDerivative : IBinaryOperator
    {
        public T Invoke<TLanes, T>(T x, T dY)
            where TLanes : ILanes<T>
            where T : unmanaged
        {
            T distribution = VectorMath.Normal<TLanes, T>(x, out T density);
            return TLanes.Multiply(dY, TLanes.MultiplyAdd(x, density, distribution));
        }
    }
}
