namespace Vitrine.Tensors;

/// <summary>A weight whose numbers are a tensor's; its views are the tensor's.</summary>
internal abstract class TensorWeight<T>(Tensor<T> values) : Weight
    where T : unmanaged
{
    public override Shape Shape => values.Shape;

    public override Device Device => values.Device;

    public override int Version => values.Version;

    public override bool IsDisposed => values.IsDisposed;

    internal override ReadOnlySpan<long> Strides => values.Strides;

    protected Tensor<T> Values => values;

    public override Weight Transpose(int axis, int other) => Over(values.Transpose(axis, other));

    public override Weight Slice(int axis, int start, int length) =>
        Over(values.Slice(axis, start, length));

    public override Weight Select(int axis, int index) => Over(values.Select(axis, index));

    public override Weight Reshape(params ReadOnlySpan<int> lengths) =>
        Over(values.Reshape(lengths));

    public override void Dispose()
    {
        values.Dispose();
        GC.SuppressFinalize(this);
    }

    internal override void KeepAlive() => values.KeepAlive();

    protected abstract Weight Over(Tensor<T> view);
}

/// <summary>float32: what ops read in place.</summary>
internal sealed unsafe class Float32Weight(Tensor<float> values) : TensorWeight<float>(values)
{
    public override string ElementType => "float32";

    internal override Tensor<float> Float32 => Values;

    internal override WeightElements Elements => new() { Base = Values.Pointer };

    public override Tensor<float> ToFloat32() => Values.Clone();

    protected override Weight Over(Tensor<float> view) => new Float32Weight(view);
}

/// <summary>Numbers of another element type, each of which stands alone.</summary>
internal sealed unsafe class EncodedWeight<T>(
    Tensor<T> values, string elementType, delegate*<void*, long, int, float*, void> decoder)
    : TensorWeight<T>(values)
    where T : unmanaged
{
    public override string ElementType => elementType;

    internal override WeightElements Elements =>
        new() { Base = Values.Pointer, Decoder = decoder };

    public override Tensor<float> ToFloat32()
    {
        using Tensor<T> copy = Values.Clone();
        Tensor<float> result = Tensor.Empty<float>(Shape, Device);
        for (long start = 0; start < copy.Length; start += int.MaxValue)
        {
            decoder(
                copy.Pointer, start, (int)Math.Min(copy.Length - start, int.MaxValue),
                result.Pointer + start);
        }

        result.MarkWritten();
        copy.KeepAlive();
        return result;
    }

    protected override Weight Over(Tensor<T> view) =>
        new EncodedWeight<T>(view, elementType, decoder);
}
