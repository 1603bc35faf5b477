namespace Vitrine.Tensors;

/// <content>Relu and its derivative.</content>
public static partial class Ops
{
    /// <summary>The positive part of every element.
    /// <code>y = max(x, 0)</code></summary>
    /// <remarks>NaN stays.</remarks>
    /// <param name="x">float32 [...], any strides.</param>
    /// <param name="into">Where the result goes; a new tensor, owned by the caller, if
    /// null.</param>
    /// <param name="accumulate">Whether the result is added to <paramref name="into"/>.</param>
    /// <returns>The destination, of x's shape.</returns>
    /// <exception cref="ShapeException"><paramref name="into"/> has another shape.</exception>
    /// <exception cref="ArgumentException"><paramref name="accumulate"/> without
    /// <paramref name="into"/>.</exception>
    public static Tensor<float> Relu(
        Tensor<float> x, Tensor<float>? into = null, bool accumulate = false) =>
        Elementwise.Unary(nameof(Relu), default(ReluOperator), x, into, accumulate);

    /// <summary>The gradient of <see cref="Relu"/>.
    /// <code>dX = dY where x > 0, else 0</code></summary>
    /// <param name="x">float32 [...], the input of the forward pass.</param>
    /// <param name="dY">float32, x's shape.</param>
    /// <param name="into">Where the result goes; a new tensor, owned by the caller, if
    /// null.</param>
    /// <param name="accumulate">Whether the result is added to <paramref name="into"/>.</param>
    /// <returns>dX, of x's shape.</returns>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    /// <exception cref="ArgumentException"><paramref name="accumulate"/> without
    /// <paramref name="into"/>.</exception>
    public static Tensor<float> ReluBackward(
        Tensor<float> x, Tensor<float> dY, Tensor<float>? into = null, bool accumulate = false)
    {
        RequireShape(nameof(ReluBackward), "dY", dY, x.Shape);
        return Elementwise.Binary(
            nameof(ReluBackward), default(ReluDerivative), x, dY, into, accumulate);
    }

    private readonly struct ReluOperator : IUnaryOperator
    {
        public T Invoke<TLanes, T>(T x)
            where TLanes : ILanes<T>
            where T : unmanaged => TLanes.Max(TLanes.All(0), x);
    }

    private readonly struct ReluDerivative : IBinaryOperator
    {
        public T Invoke<TLanes, T>(T x, T dY)
            where TLanes : ILanes<T>
            where T : unmanaged =>
                TLanes.Select(TLanes.IsLess(TLanes.All(0), x), dY, TLanes.All(0));
    }
}
