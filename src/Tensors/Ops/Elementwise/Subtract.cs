namespace Vitrine.Tensors;

/// <content>Subtract.</content>
public static partial class Ops
{
    /// <summary>The difference of two tensors, element by element.</summary>
    /// <remarks>
    /// <para>y = a − b; shapes are aligned at the last axis and a length of 1 is broadcast.</para>
    /// <para>An operand that shares memory with <paramref name="into"/> in another layout is copied
    /// first.</para>
    /// </remarks>
    /// <param name="a">float32 [...], any strides.</param>
    /// <param name="b">float32 [...], any strides.</param>
    /// <param name="into">Where the result goes; a new tensor, owned by the caller, if
    /// null.</param>
    /// <param name="accumulate">Whether the result is added to <paramref name="into"/>.</param>
    /// <returns>The destination, of the broadcast shape.</returns>
    /// <exception cref="ShapeException">The shapes do not broadcast, or <paramref name="into"/> has
    /// another shape.</exception>
    /// <exception cref="ArgumentException"><paramref name="accumulate"/> without
    /// <paramref name="into"/>.</exception>
    public static Tensor<float> Subtract(
        Tensor<float> a, Tensor<float> b, Tensor<float>? into = null, bool accumulate = false) =>
        Elementwise.Binary(nameof(Subtract), default(SubtractOperator), a, b, into, accumulate);

    private readonly struct SubtractOperator : IBinaryOperator
    {
        public T Invoke<TLanes, T>(T a, T b)
            where TLanes : ILanes<T>
            where T : unmanaged => TLanes.Subtract(a, b);
    }
}
