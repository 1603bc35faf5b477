namespace Vitrine.Tensors;

/// <summary>What every elementwise op does around its operator: shapes, the destination, operands
/// that lie under the destination, and the device.</summary>
internal static class Elementwise
{
    public static Tensor<float> Unary<TOp>(
        string name, TOp op, Tensor<float> x, Tensor<float>? into, bool accumulate)
        where TOp : struct, IUnaryOperator =>
        Run(name, new IgnoringSecond<TOp>(op), x, x, x.Shape, into, accumulate);

    public static Tensor<float> Binary<TOp>(
        string name, TOp op, Tensor<float> a, Tensor<float> b, Tensor<float>? into, bool accumulate)
        where TOp : struct, IBinaryOperator =>
        Run(name, op, a, b, Shape.Broadcast(name, a.Shape, b.Shape), into, accumulate);

    private static Tensor<float> Run<TOp>(
        string name,
        TOp op,
        Tensor<float> a,
        Tensor<float> b,
        Shape shape,
        Tensor<float>? into,
        bool accumulate)
        where TOp : struct, IBinaryOperator
    {
        Device.RequireCpu(name, a, b, into);
        Tensor<float> y = Destination.For(name, shape, into, accumulate, a.Device);
        Tensor<float> left = Destination.Apart(a, y);
        Tensor<float> right = ReferenceEquals(a, b) ? left : Destination.Apart(b, y);
        ElementwiseLoop<TOp>.Run(op, left, right, y, accumulate);
        y.MarkWritten();
        Destination.Release(left, a);
        Destination.Release(right, b);
        y.KeepAlive();
        return y;
    }
}
