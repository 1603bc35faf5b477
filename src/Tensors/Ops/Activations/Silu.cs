namespace Vitrine.Tensors;

/// <content>Silu and its derivative.</content>
public static partial class Ops
{
    /// <summary>Every element times its logistic function (Elfwing et al. 2018), also called swish.
    /// <code>y = x · σ(x),  σ(x) = 1 / (1 + e⁻ˣ)</code></summary>
    /// <remarks>Within 3 units in the last place; 0 below −88.7.</remarks>
    /// <param name="x">float32 [...], any strides.</param>
    /// <param name="into">Where the result goes; a new tensor, owned by the caller, if
    /// null.</param>
    /// <param name="accumulate">Whether the result is added to <paramref name="into"/>.</param>
    /// <returns>The destination, of x's shape.</returns>
    /// <exception cref="ShapeException"><paramref name="into"/> has another shape.</exception>
    /// <exception cref="ArgumentException"><paramref name="accumulate"/> without
    /// <paramref name="into"/>.</exception>
    public static Tensor<float> Silu(
        Tensor<float> x, Tensor<float>? into = null, bool accumulate = false) =>
        Elementwise.Unary(nameof(Silu), default(SiluOperator), x, into, accumulate);

    /// <summary>The gradient of <see cref="Silu"/>.
    /// <code>dX = dY · σ(x) · (1 + x · (1 − σ(x)))</code></summary>
    /// <param name="x">float32 [...], the input of the forward pass.</param>
    /// <param name="dY">float32, x's shape.</param>
    /// <param name="into">Where the result goes; a new tensor, owned by the caller, if
    /// null.</param>
    /// <param name="accumulate">Whether the result is added to <paramref name="into"/>.</param>
    /// <returns>dX, of x's shape.</returns>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    /// <exception cref="ArgumentException"><paramref name="accumulate"/> without
    /// <paramref name="into"/>.</exception>
    public static Tensor<float> SiluBackward(
        Tensor<float> x, Tensor<float> dY, Tensor<float>? into = null, bool accumulate = false)
    {
        RequireShape(nameof(SiluBackward), "dY", dY, x.Shape);
        return Elementwise.Binary(
            nameof(SiluBackward), default(SiluDerivative), x, dY, into, accumulate);
    }

    private readonly struct SiluOperator : IUnaryOperator
    {
        public T Invoke<TLanes, T>(T x)
            where TLanes : ILanes<T>
            where T : unmanaged => TLanes.Multiply(x, VectorMath.Sigmoid<TLanes, T>(x));
    }

    private readonly struct SiluDerivative : IBinaryOperator
    {
        public T Invoke<TLanes, T>(T x, T dY)
            where TLanes : ILanes<T>
            where T : unmanaged
        {
            T s = VectorMath.Sigmoid<TLanes, T>(x);
            T rest = TLanes.Subtract(TLanes.All(1), s);
            return TLanes.Multiply(
                dY, TLanes.Multiply(s, TLanes.MultiplyAdd(x, rest, TLanes.All(1))));
        }
    }
}
