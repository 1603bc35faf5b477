namespace Vitrine.Tensors;

/// <content>Clamp and its derivative.</content>
public static partial class Ops
{
    /// <summary>Every element, kept within bounds.
    /// <code>y = min(max(x, least), most)</code></summary>
    /// <remarks>NaN stays.</remarks>
    /// <param name="x">float32 [...], any strides.</param>
    /// <param name="least">The lower bound; −∞ for none.</param>
    /// <param name="most">The upper bound; ∞ for none.</param>
    /// <param name="into">Where the result goes; a new tensor, owned by the caller, if
    /// null.</param>
    /// <param name="accumulate">Whether the result is added to <paramref name="into"/>.</param>
    /// <returns>The destination, of x's shape.</returns>
    /// <exception cref="ShapeException"><paramref name="into"/> has another shape.</exception>
    /// <exception cref="ArgumentException"><paramref name="accumulate"/> without
    /// <paramref name="into"/>, or bounds that cross or are NaN.</exception>
    public static Tensor<float> Clamp(
        Tensor<float> x, float least, float most, Tensor<float>? into = null,
        bool accumulate = false)
    {
        RequireBounds(nameof(Clamp), least, most);
        return Elementwise.Unary(
            nameof(Clamp), new ClampOperator(least, most), x, into, accumulate);
    }

    /// <summary>The gradient of <see cref="Clamp"/>.
    /// <code>dX = dY where least ≤ x ≤ most, else 0</code></summary>
    /// <param name="x">float32 [...], the input of the forward pass.</param>
    /// <param name="dY">float32, x's shape.</param>
    /// <param name="least">As in the forward pass.</param>
    /// <param name="most">As in the forward pass.</param>
    /// <param name="into">Where the result goes; a new tensor, owned by the caller, if
    /// null.</param>
    /// <param name="accumulate">Whether the result is added to <paramref name="into"/>.</param>
    /// <returns>dX, of x's shape.</returns>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    /// <exception cref="ArgumentException"><paramref name="accumulate"/> without
    /// <paramref name="into"/>, or bounds that cross or are NaN.</exception>
    public static Tensor<float> ClampBackward(
        Tensor<float> x, Tensor<float> dY, float least, float most, Tensor<float>? into = null,
        bool accumulate = false)
    {
        RequireShape(nameof(ClampBackward), "dY", dY, x.Shape);
        RequireBounds(nameof(ClampBackward), least, most);
        return Elementwise.Binary(
            nameof(ClampBackward), new ClampDerivative(least, most), x, dY, into, accumulate);
    }

    private static void RequireBounds(string op, float least, float most)
    {
        if (!(least <= most))
        {
            throw new ArgumentException(
                $"{op}: least must not exceed most; got {least} and {most}.");
        }
    }

    private readonly struct ClampOperator(float least, float most) : IUnaryOperator
    {
        public T Invoke<TLanes, T>(T x)
            where TLanes : ILanes<T>
            where T : unmanaged =>
                TLanes.Min(TLanes.All(most), TLanes.Max(TLanes.All(least), x));
    }

    private readonly struct ClampDerivative(float least, float most) : IBinaryOperator
    {
        public T Invoke<TLanes, T>(T x, T dY)
            where TLanes : ILanes<T>
            where T : unmanaged
        {
            T zero = TLanes.All(0);
            T above = TLanes.Select(TLanes.IsLess(x, TLanes.All(least)), zero, dY);
            return TLanes.Select(TLanes.IsLess(TLanes.All(most), x), zero, above);
        }
    }
}
