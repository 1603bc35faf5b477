namespace Vitrine.Tensors;

/// <summary>A tensor seen as a matrix: its first axes as one, and the rest as one.</summary>
internal readonly unsafe struct GemmMatrix
{
    public readonly float* Pointer;
    public readonly int Rows;
    public readonly int Columns;
    public readonly nint Row;
    public readonly nint Column;

    /// <summary>Both groups of axes must be foldable.</summary>
    public GemmMatrix(Tensor<float> x, int rowAxes)
    {
        Pointer = x.Pointer;
        TryFold(x, 0, rowAxes, out Rows, out Row);
        TryFold(x, rowAxes, x.Rank, out Columns, out Column);
    }

    /// <summary>Whether neighbouring axes lie in memory as one axis would.</summary>
    public static bool TryFold(
        Tensor<float> x, int first, int end, out int length, out nint stride)
    {
        (length, stride) = (1, 1);
        bool even = true;
        for (int axis = end - 1; axis >= first; axis--)
        {
            int own = x.Shape[axis];
            if (own != 1)
            {
                nint step = (nint)x.Strides[axis];
                even &= length == 1 || step == length * stride;
                stride = length == 1 ? step : stride;
            }

            length = checked(length * own);
        }

        return even || length == 0;
    }
}
