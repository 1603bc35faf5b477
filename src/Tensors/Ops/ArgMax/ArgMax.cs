namespace Vitrine.Tensors;

/// <content>ArgMax.</content>
public static unsafe partial class Ops
{
    /// <summary>The position of the greatest value along an axis, or among all elements in
    /// row-major order.</summary>
    /// <remarks>
    /// <para>y = the least i with xᵢ = maxⱼ xⱼ; the first NaN if there is one.</para>
    /// </remarks>
    /// <param name="x">float32 [...], any strides.</param>
    /// <param name="axis">The axis to look along; null for all; a
    /// strided view is then copied first.</param>
    /// <param name="keepAxis">Whether the axis stays, with length 1.</param>
    /// <param name="into">Where the result goes; a new tensor, owned by the caller, if
    /// null.</param>
    /// <returns>The destination, int32.</returns>
    /// <exception cref="ShapeException">The axis does not exist, the axis is empty, or
    /// <paramref name="into"/> has another shape.</exception>
    public static Tensor<int> ArgMax(
        Tensor<float> x, int? axis = null, bool keepAxis = false, Tensor<int>? into = null)
    {
        Shape shape = Reduction.ResultShape(x.Shape, axis, keepAxis);
        if (x.Length == 0 && shape.Length > 0)
        {
            throw new ShapeException(
                $"ArgMax: the reduced axis must not be empty; got {x.Shape}"
                + $"{(axis is { } a ? $", axis {a}" : "")}; ArgMax of nothing has no value.");
        }

        Device.RequireCpu(nameof(ArgMax), x, into);
        Tensor<int> y = Destination.For(nameof(ArgMax), shape, into, false, x.Device);
        if (axis is { } one)
        {
            ArgMaxRows.Run(Rows.Along(x, x.Shape.Axis(one)), x.Pointer, y);
        }
        else
        {
            Tensor<float> flat = Destination.Contiguous(x);
            ArgMaxRows.Run(Rows.Whole(flat), flat.Pointer, y);
            Destination.Release(flat, x);
        }

        y.MarkWritten();
        x.KeepAlive();
        y.KeepAlive();
        return y;
    }
}
