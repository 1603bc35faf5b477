namespace Vitrine.Tensors;

/// <content>TopK.</content>
public static partial class Ops
{
    /// <summary>The k greatest values of each row along the last axis, greatest first.</summary>
    /// <remarks>
    /// <para>values[…, r] is the (r+1)-th greatest of x[…, ·], indices[…, r] its position. Equal
    /// values are ordered by lower index; NaN counts as greater than every number. Exact.</para>
    /// </remarks>
    /// <param name="x">float32 [..., n], any strides.</param>
    /// <param name="k">How many, 0 … n.</param>
    /// <returns>float32 and int32 [..., k]; the caller owns both.</returns>
    /// <exception cref="ShapeException">x has no axis.</exception>
    /// <exception cref="ArgumentOutOfRangeException">k is not in 0 … n.</exception>
    public static (Tensor<float> Values, Tensor<int> Indices) TopK(Tensor<float> x, int k)
    {
        if (x.Rank == 0)
        {
            throw new ShapeException(
                "TopK: x needs an axis to choose along; got []; Unsqueeze it.");
        }

        int length = x.Shape[-1];
        if (k < 0 || k > length)
        {
            throw new ArgumentOutOfRangeException(
                nameof(k),
                $"TopK: k must be 0 … {length}, the last axis of {x.Shape}; got {k}.");
        }

        Device.RequireCpu(nameof(TopK), x);
        Shape shape = x.Shape.With(-1, k);
        Tensor<float> values = Tensor.Empty<float>(shape, x.Device);
        Tensor<int> indices = Tensor.Empty<int>(shape, x.Device);
        TopKRows.Run(x, k, values, indices);
        x.KeepAlive();
        return (values, indices);
    }
}
