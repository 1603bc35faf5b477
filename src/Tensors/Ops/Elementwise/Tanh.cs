namespace Vitrine.Tensors;

/// <content>Tanh.</content>
public static partial class Ops
{
    /// <summary>The hyperbolic tangent of every element.</summary>
    /// <remarks>
    /// <para>y = (e²ˣ − 1) / (e²ˣ + 1).</para>
    /// <para>An odd polynomial where |x| is below 0.625, else 1 − 2 / (e²|ˣ| + 1) with the sign of
    /// x: nothing cancels near 0 and nothing overflows far from it. Within 2 units in the last
    /// place.</para>
    /// </remarks>
    /// <param name="x">float32 [...], any strides.</param>
    /// <param name="into">Where the result goes; a new tensor, owned by the caller, if
    /// null.</param>
    /// <param name="accumulate">Whether the result is added to <paramref name="into"/>.</param>
    /// <returns>The destination, of x's shape.</returns>
    /// <exception cref="ShapeException"><paramref name="into"/> has another shape.</exception>
    /// <exception cref="ArgumentException"><paramref name="accumulate"/> without
    /// <paramref name="into"/>.</exception>
    public static Tensor<float> Tanh(
        Tensor<float> x, Tensor<float>? into = null, bool accumulate = false) =>
        Elementwise.Unary(nameof(Tanh), default(TanhOperator), x, into, accumulate);

    private readonly struct TanhOperator : IUnaryOperator
    {
        public T Invoke<TLanes, T>(T x)
            where TLanes : ILanes<T>
            where T : unmanaged
        {
            T size = TLanes.Abs(x);
            T power = VectorMath.Exp<TLanes, T>(TLanes.Add(size, size));
            T far = TLanes.Subtract(
                TLanes.All(1), TLanes.Divide(TLanes.All(2), TLanes.Add(power, TLanes.All(1))));
            far = TLanes.Select(
                TLanes.IsLess(x, TLanes.All(0)), TLanes.Subtract(TLanes.All(0), far), far);

            // tanh x = x + x · z · p(z), z = x²; p interpolates at Chebyshev nodes, error below
            // 6e-10.
            T z = TLanes.Multiply(x, x);
            T p = TLanes.All(0.00229274481618f);
            p = TLanes.MultiplyAdd(p, z, TLanes.All(-0.00834394551584f));
            p = TLanes.MultiplyAdd(p, z, TLanes.All(0.021768918651f));
            p = TLanes.MultiplyAdd(p, z, TLanes.All(-0.0539592595772f));
            p = TLanes.MultiplyAdd(p, z, TLanes.All(0.133333035569f));
            p = TLanes.MultiplyAdd(p, z, TLanes.All(-0.333333331721f));
            T near = TLanes.MultiplyAdd(TLanes.Multiply(x, z), p, x);
            return TLanes.Select(TLanes.IsLess(size, TLanes.All(0.625f)), near, far);
        }
    }
}
