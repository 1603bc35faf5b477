namespace Vitrine.Tensors;

/// <content>Scale.</content>
public static partial class Ops
{
    /// <summary>A tensor times a number.</summary>
    /// <remarks>
    /// <para>y = factor · x.</para>
    /// <para>One rounding.</para>
    /// </remarks>
    /// <param name="x">float32 [...], any strides.</param>
    /// <param name="factor">The number every element is multiplied by.</param>
    /// <param name="into">Where the result goes; a new tensor, owned by the caller, if
    /// null.</param>
    /// <param name="accumulate">Whether the result is added to <paramref name="into"/>.</param>
    /// <returns>The destination, of x's shape.</returns>
    /// <exception cref="ShapeException"><paramref name="into"/> has another shape.</exception>
    /// <exception cref="ArgumentException"><paramref name="accumulate"/> without
    /// <paramref name="into"/>.</exception>
    public static Tensor<float> Scale(
        Tensor<float> x, float factor, Tensor<float>? into = null, bool accumulate = false) =>
        Elementwise.Unary(nameof(Scale), new ScaleOperator(factor), x, into, accumulate);

    private readonly struct ScaleOperator(float factor) : IUnaryOperator
    {
        public T Invoke<TLanes, T>(T x)
            where TLanes : ILanes<T>
            where T : unmanaged => TLanes.Multiply(x, TLanes.All(factor));
    }
}
