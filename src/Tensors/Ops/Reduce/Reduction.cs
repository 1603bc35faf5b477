namespace Vitrine.Tensors;

/// <summary>What every reduction does around its kernel: the axis, the result's shape, the
/// destination and the device.</summary>
internal static unsafe class Reduction
{
    public static Tensor<float> Run<TReduction, TPartial>(
        string name,
        Tensor<float> x,
        int? axis,
        bool keepAxis,
        Tensor<float>? into,
        bool accumulate)
        where TReduction : struct, IReduction<TPartial>
        where TPartial : unmanaged
    {
        Shape shape = ResultShape(x.Shape, axis, keepAxis);
        if (!TReduction.OfNothing && x.Length == 0 && shape.Length > 0)
        {
            throw new ShapeException(
                $"{name}: the reduced axis must not be empty; got {x.Shape}"
                + $"{(axis is { } a ? $", axis {a}" : "")}; {name} of nothing has no value.");
        }

        Device.RequireCpu(name, x, into);
        Tensor<float> y = Destination.For(name, shape, into, accumulate, x.Device);
        Tensor<float> source = Destination.Apart(x, y);
        if (axis is { } one)
        {
            RowReduction<TReduction, TPartial>.Run(
                Rows.Along(source, source.Shape.Axis(one)), source.Pointer, y, accumulate);
        }
        else
        {
            Tensor<float> flat = Destination.Contiguous(source);
            RowReduction<TReduction, TPartial>.Run(Rows.Whole(flat), flat.Pointer, y, accumulate);
            Destination.Release(flat, source);
        }

        y.MarkWritten();
        Destination.Release(source, x);
        y.KeepAlive();
        return y;
    }

    /// <summary>The shape of x without the axis, with length 1 in its place, or a
    /// scalar's.</summary>
    public static Shape ResultShape(Shape shape, int? axis, bool keepAxis)
    {
        if (axis is { } one)
        {
            return keepAxis ? shape.With(one, 1) : shape.Without(one);
        }

        Span<int> ones = stackalloc int[keepAxis ? shape.Rank : 0];
        ones.Fill(1);
        return Shape.Create(ones);
    }
}
