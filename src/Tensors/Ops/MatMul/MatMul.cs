namespace Vitrine.Tensors;

/// <summary>The arithmetic on tensors. Every op is one public method in its own folder.</summary>
public static unsafe partial class Ops
{
    /// <summary>The matrix product, batched over leading axes.
    /// <code>into[…, i, j] (+)= alpha · Σₚ a[…, i, p] · b[…, p, j]</code></summary>
    /// <remarks>
    /// Transposition is a view: <c>MatMul(a, b.Transpose())</c> costs no copy, and neither do other
    /// strided views. The sum over p runs in float32 with fused multiply-adds, in blocks of fixed
    /// length that are added in order: the same bits for any number of threads, and an error of at
    /// most about k · 6e-8 · Σ|a·b|, in practice near √k of that.
    /// </remarks>
    /// <param name="a">float32 [.., m, k], any strides.</param>
    /// <param name="b">float32 [.., k, n], any strides; leading axes broadcast against those of
    /// a.</param>
    /// <param name="alpha">A factor on the product.</param>
    /// <param name="into">float32 [.., m, n] of the broadcast leading axes, any strides without
    /// overlap; or null for a new tensor.</param>
    /// <param name="accumulate">Adds to <paramref name="into"/> instead of overwriting it.</param>
    /// <returns><paramref name="into"/>, or a new tensor that the caller owns.</returns>
    /// <exception cref="ShapeException">An operand has fewer than two axes, the inner axes differ,
    /// the leading axes do not broadcast, or <paramref name="into"/> has another shape, overlaps an
    /// operand or itself.</exception>
    /// <exception cref="ArgumentException"><paramref name="accumulate"/> without
    /// <paramref name="into"/>.</exception>
    public static Tensor<float> MatMul(
        Tensor<float> a, Tensor<float> b, float alpha = 1,
        Tensor<float>? into = null, bool accumulate = false) =>
        Product(a, b, null, alpha, into, accumulate);

    /// <summary>The matrix product with a weight of any element type, batched over leading axes.
    /// <code>into[…, i, j] (+)= alpha · Σₚ a[…, i, p] · b[…, p, j]</code></summary>
    /// <remarks>The weight is decoded a panel at a time; the bits are those of the product with
    /// <see cref="Weight.ToFloat32"/>.</remarks>
    /// <inheritdoc cref="MatMul(Tensor{float}, Tensor{float}, float, Tensor{float}, bool)"/>
    public static Tensor<float> MatMul(
        Tensor<float> a, Weight b, float alpha = 1,
        Tensor<float>? into = null, bool accumulate = false) =>
        Product(a, b.Float32, b, alpha, into, accumulate);

    private static Tensor<float> Product(
        Tensor<float> a, Tensor<float>? b, Weight? weight, float alpha,
        Tensor<float>? into, bool accumulate)
    {
        Shape shape = ProductShape(a.Shape, b?.Shape ?? weight!.Shape);
        Destination.RequireAddend("MatMul", into, accumulate);
        if (into is not null)
        {
            RequireProductDestination("MatMul", into, shape, a, b);
        }

        Device.RequireCpu("MatMul", a, b, weight, into);
        Tensor<float> result = into ?? Tensor.Empty<float>(shape, a.Device);
        int batchAxes = GemmProblem.BatchAxes(result);
        GemmOperand right = b is null ? new(weight!, batchAxes) : new(b, batchAxes);
        var problem = new GemmProblem(
            new GemmOperand(a, batchAxes), right, a.Shape[-1], alpha, result, accumulate);
        WidestGemm.Run(ref problem);
        result.MarkWritten();
        result.KeepAlive();
        a.KeepAlive();
        b?.KeepAlive();
        weight?.KeepAlive();
        return result;
    }

    private static Shape ProductShape(Shape a, Shape b)
    {
        if (a.Rank < 2 || b.Rank < 2)
        {
            throw new ShapeException(
                $"MatMul: operands need at least two axes; got {a} and {b}; Unsqueeze a vector "
                + "into a row or a column.");
        }

        if (a[-1] != b[-2])
        {
            throw new ShapeException(
                $"MatMul: the last axis of a must match the second last of b; got {a} and {b} "
                + $"({a[-1]} and {b[-2]}); transpose one of them?");
        }

        Span<int> lengths = stackalloc int[Shape.MaxRank];
        int rank = Math.Max(a.Rank, b.Rank);
        for (int axis = 3; axis <= rank; axis++)
        {
            int left = axis <= a.Rank ? a[-axis] : 1;
            int right = axis <= b.Rank ? b[-axis] : 1;
            if (left != right && left != 1 && right != 1)
            {
                throw new ShapeException(
                    $"MatMul: leading axes must broadcast (equal, or 1); got {a} and {b}; "
                    + $"axis {-axis} has {left} and {right}.");
            }

            lengths[rank - axis] = left == 1 ? right : left;
        }

        lengths[rank - 2] = a[-2];
        lengths[rank - 1] = b[-1];
        return Shape.Create(lengths[..rank]);
    }

    private static void RequireProductDestination(
        string op, Tensor<float> into, Shape shape, Tensor<float> a, Tensor<float>? b)
    {
        if (into.Shape != shape)
        {
            throw new ShapeException(
                $"{op}: into must be {shape}, the shape of the product; got {into.Shape}.");
        }

        Destination.RequireDistinct(op, nameof(into), into);
        if (RangesOverlap(into, a) || (b is not null && RangesOverlap(into, b)))
        {
            throw new ShapeException(
                $"{op}: into must not overlap an operand; got {shape} inside the memory of "
                + $"{a.Shape} or {b?.Shape}; pass another tensor.");
        }
    }

    /// <summary>Whether the address ranges of two views of the same memory meet.</summary>
    private static bool RangesOverlap(Tensor<float> x, Tensor<float> y)
    {
        return x.SharesMemoryWith(y) && x.Length > 0 && y.Length > 0
            && x.Start < y.End && y.Start < x.End;
    }
}
