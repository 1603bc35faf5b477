namespace Vitrine.Tensors;

/// <content>Exp.</content>
public static partial class Ops
{
    /// <summary>The exponential of every element.</summary>
    /// <remarks>
    /// <para>y = eˣ.</para>
    /// <para>Within 1.5 units in the last place. Above 88.7 the result is ∞; below −87.3 it becomes
    /// subnormal, and 0 below −104. NaN stays.</para>
    /// </remarks>
    /// <param name="x">float32 [...], any strides.</param>
    /// <param name="into">Where the result goes; a new tensor, owned by the caller, if
    /// null.</param>
    /// <param name="accumulate">Whether the result is added to <paramref name="into"/>.</param>
    /// <returns>The destination, of x's shape.</returns>
    /// <exception cref="ShapeException"><paramref name="into"/> has another shape.</exception>
    /// <exception cref="ArgumentException"><paramref name="accumulate"/> without
    /// <paramref name="into"/>.</exception>
    public static Tensor<float> Exp(
        Tensor<float> x, Tensor<float>? into = null, bool accumulate = false) =>
        Elementwise.Unary(nameof(Exp), default(ExpOperator), x, into, accumulate);

    private readonly struct ExpOperator : IUnaryOperator
    {
        public T Invoke<TLanes, T>(T x)
            where TLanes : ILanes<T>
            where T : unmanaged => VectorMath.Exp<TLanes, T>(x);
    }
}
