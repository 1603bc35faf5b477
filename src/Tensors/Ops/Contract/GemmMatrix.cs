namespace Vitrine.Tensors;

/// <summary>A tensor seen as a matrix: its first axes as one, and the rest as one.</summary>
internal readonly unsafe struct GemmMatrix
{
    public readonly float* Pointer;
    public readonly WeightElements Elements;
    public readonly int Rows;
    public readonly int Columns;
    public readonly nint Row;
    public readonly nint Column;

    /// <summary>Both groups of axes must be foldable.</summary>
    public GemmMatrix(Tensor<float> x, int rowAxes)
        : this(x.Shape, x.Strides, rowAxes) => Pointer = x.Pointer;

    /// <inheritdoc cref="GemmMatrix(Tensor{float}, int)"/>
    public GemmMatrix(Weight x, int rowAxes)
        : this(x.Shape, x.Strides, rowAxes) => Elements = x.Elements;

    private GemmMatrix(Shape shape, ReadOnlySpan<long> strides, int rowAxes)
    {
        TryFold(shape, strides, 0, rowAxes, out Rows, out Row);
        TryFold(shape, strides, rowAxes, shape.Rank, out Columns, out Column);
    }

    /// <summary>Whether both groups of axes are.</summary>
    public static bool CanFold(Shape shape, ReadOnlySpan<long> strides, int rowAxes) =>
        TryFold(shape, strides, 0, rowAxes, out _, out _)
        && TryFold(shape, strides, rowAxes, shape.Rank, out _, out _);

    /// <summary>Whether neighbouring axes lie in memory as one axis would.</summary>
    private static bool TryFold(
        Shape shape, ReadOnlySpan<long> strides, int first, int end, out int length,
        out nint stride)
    {
        (length, stride) = (1, 1);
        bool even = true;
        for (int axis = end - 1; axis >= first; axis--)
        {
            int own = shape[axis];
            if (own != 1)
            {
                nint step = (nint)strides[axis];
                even &= length == 1 || step == length * stride;
                stride = length == 1 ? step : stride;
            }

            length = checked(length * own);
        }

        return even || length == 0;
    }
}
