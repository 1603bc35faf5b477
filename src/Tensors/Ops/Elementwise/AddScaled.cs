namespace Vitrine.Tensors;

/// <content>AddScaled.</content>
public static partial class Ops
{
    /// <summary>A tensor plus a multiple of another, element by element.</summary>
    /// <remarks>
    /// <para>y = a + factor · b; shapes are aligned at the last axis and a length of 1 is
    /// broadcast.</para>
    /// <para>Two roundings: the product is rounded before it is added.</para>
    /// </remarks>
    /// <param name="a">float32 [...], any strides.</param>
    /// <param name="b">float32 [...], any strides.</param>
    /// <param name="factor">The number every element of b is multiplied by.</param>
    /// <param name="into">Where the result goes; a new tensor, owned by the caller, if
    /// null.</param>
    /// <param name="accumulate">Whether the result is added to <paramref name="into"/>.</param>
    /// <returns>The destination, of the broadcast shape.</returns>
    /// <exception cref="ShapeException">The shapes do not broadcast, or <paramref name="into"/> has
    /// another shape.</exception>
    /// <exception cref="ArgumentException"><paramref name="accumulate"/> without
    /// <paramref name="into"/>.</exception>
    public static Tensor<float> AddScaled(
        Tensor<float> a,
        Tensor<float> b,
        float factor,
        Tensor<float>? into = null,
        bool accumulate = false) =>
        Elementwise.Binary(
            nameof(AddScaled), new AddScaledOperator(factor), a, b, into, accumulate);

    private readonly struct AddScaledOperator(float factor) : IBinaryOperator
    {
        public T Invoke<TLanes, T>(T a, T b)
            where TLanes : ILanes<T>
            where T : unmanaged => TLanes.Add(a, TLanes.Multiply(b, TLanes.All(factor)));
    }
}
