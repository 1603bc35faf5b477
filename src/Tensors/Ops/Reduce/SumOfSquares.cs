namespace Vitrine.Tensors;

/// <content>SumOfSquares.</content>
public static unsafe partial class Ops
{
    /// <summary>The sum of the squares of all elements: a squared norm.</summary>
    /// <remarks>
    /// <para>Σᵢ xᵢ², in double precision on a fixed tree: no overflow for any float32, and the same
    /// bits for any number of threads.</para>
    /// </remarks>
    /// <param name="x">float32 [...], any strides.</param>
    /// <returns>The sum; 0 for no elements.</returns>
    public static double SumOfSquares(Tensor<float> x)
    {
        Device.RequireCpu(nameof(SumOfSquares), x);
        Tensor<float> flat = Destination.Contiguous(x);
        double sum = RowReduction<SumOfSquaresReduction, double>.Whole(
            Rows.Whole(flat), flat.Pointer);
        Destination.Release(flat, x);
        return sum;
    }
}
