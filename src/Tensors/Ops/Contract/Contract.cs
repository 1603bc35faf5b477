namespace Vitrine.Tensors;

/// <content>The matrix product over several axes.</content>
public static unsafe partial class Ops
{
    /// <summary>The product of two tensors summed over the last axes of one and the first of the
    /// other, which must be the same.
    /// <code>into[i…, j…] (+)= Σ_p… a[i…, p…] · b[p…, j…]</code></summary>
    /// <remarks>One matrix product, with numerics as in <c>MatMul</c>: i…, p… and j… are each
    /// treated as one axis. An operand whose axes cannot be merged in memory is copied
    /// first.</remarks>
    /// <param name="a">float32 [i…, p…], any strides.</param>
    /// <param name="b">float32 [p…, j…], any strides.</param>
    /// <param name="axes">The number of axes p….</param>
    /// <param name="into">float32 [i…, j…], any strides without overlap; or null for a new
    /// tensor.</param>
    /// <param name="accumulate">Adds to <paramref name="into"/> instead of overwriting
    /// it.</param>
    /// <returns><paramref name="into"/>, or a new tensor that the caller owns.</returns>
    /// <exception cref="ShapeException">The axes to sum over do not exist or differ, or
    /// <paramref name="into"/> has another shape, overlaps an operand or itself.</exception>
    /// <exception cref="ArgumentException"><paramref name="accumulate"/> without
    /// <paramref name="into"/>.</exception>
    public static Tensor<float> Contract(
        Tensor<float> a, Tensor<float> b, int axes, Tensor<float>? into = null,
        bool accumulate = false) => Contract(a, b, null, axes, into, accumulate);

    /// <summary>The product with a weight of any element type, summed over the last axes of one and
    /// the first of the other.
    /// <code>into[i…, j…] (+)= Σ_p… a[i…, p…] · b[p…, j…]</code></summary>
    /// <remarks>The weight is decoded a panel at a time; the bits are those of the product with
    /// <see cref="Weight.ToFloat32"/>. A weight whose axes cannot be merged in memory is first
    /// decoded as a whole.</remarks>
    /// <inheritdoc cref="Contract(Tensor{float}, Tensor{float}, int, Tensor{float}, bool)"/>
    public static Tensor<float> Contract(
        Tensor<float> a, Weight b, int axes, Tensor<float>? into = null,
        bool accumulate = false) => Contract(a, b.Float32, b, axes, into, accumulate);

    private static Tensor<float> Contract(
        Tensor<float> a, Tensor<float>? b, Weight? weight, int axes, Tensor<float>? into,
        bool accumulate)
    {
        const string Op = nameof(Contract);
        Shape shape = ContractedShape(a.Shape, b?.Shape ?? weight!.Shape, axes);
        if (into is not null)
        {
            RequireProductDestination(Op, into, shape, a, b);
        }

        Device.RequireCpu(Op, a, b, weight, into);
        Tensor<float> y = Destination.For(Op, shape, into, accumulate, a.Device);
        int rows = a.Rank - axes;
        Tensor<float> left = Foldable(a, rows) ? a : a.Clone();
        Tensor<float>? right = b is not null ? (Foldable(b, axes) ? b : b.Clone())
            : GemmMatrix.CanFold(weight!.Shape, weight.Strides, axes) ? null : weight.ToFloat32();
        Tensor<float> product = Foldable(y, rows) ? y : Tensor.Empty<float>(shape, y.Device);
        var problem = new GemmProblem(
            new GemmMatrix(left, rows),
            right is null ? new GemmMatrix(weight!, axes) : new GemmMatrix(right, axes),
            new GemmMatrix(product, rows), accumulate && ReferenceEquals(product, y));
        WidestGemm.Run(ref problem);
        if (!ReferenceEquals(product, y))
        {
            Scale(product, 1, into: y, accumulate);
            product.Dispose();
        }

        y.MarkWritten();
        Destination.Release(left, a);
        if (!ReferenceEquals(right, b))
        {
            right?.Dispose();
        }

        b?.KeepAlive();
        weight?.KeepAlive();
        y.KeepAlive();
        return y;
    }

    private static Shape ContractedShape(Shape a, Shape b, int axes)
    {
        bool same = axes >= 0 && axes <= a.Rank && axes <= b.Rank;
        for (int i = 0; same && i < axes; i++)
        {
            same = a[a.Rank - axes + i] == b[i];
        }

        int rank = a.Rank + b.Rank - (2 * axes);
        if (!same || rank > Shape.MaxRank)
        {
            throw new ShapeException(
                $"Contract: the last {axes} axes of a must be the first of b, and at most "
                + $"{Shape.MaxRank} may remain; got {a} and {b}.");
        }

        Span<int> lengths = stackalloc int[a.Rank + b.Rank];
        Span<int> right = stackalloc int[b.Rank];
        a.CopyTo(lengths);
        b.CopyTo(right);
        right[axes..].CopyTo(lengths[(a.Rank - axes)..]);
        return Shape.Create(lengths[..rank]);
    }

    private static bool Foldable(Tensor<float> x, int rows) =>
        GemmMatrix.CanFold(x.Shape, x.Strides, rows);
}
