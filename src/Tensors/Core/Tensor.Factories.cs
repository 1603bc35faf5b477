using System.Numerics.Tensors;

namespace Vitrine.Tensors;

/// <summary>Makes tensors. The caller owns what is returned.</summary>
public static class Tensor
{
    /// <summary>A tensor with uninitialised elements; write all before reading any.</summary>
    public static Tensor<T> Empty<T>(Shape shape, Device? device = null)
        where T : unmanaged => new(shape, device ?? Device.Cpu);

    /// <summary>A tensor of zeros.</summary>
    public static Tensor<T> Zeros<T>(Shape shape, Device? device = null)
        where T : unmanaged => Full(shape, default(T), device);

    /// <summary>A tensor with one value everywhere.</summary>
    public static Tensor<T> Full<T>(Shape shape, T value, Device? device = null)
        where T : unmanaged
    {
        Tensor<T> tensor = Empty<T>(shape, device);
        tensor.Fill(value);
        return tensor;
    }

    /// <summary>A tensor with the given values in row-major order, copied.</summary>
    /// <exception cref="ShapeException">The number of values does not match the shape.</exception>
    public static Tensor<T> From<T>(ReadOnlySpan<T> values, Shape shape, Device? device = null)
        where T : unmanaged
    {
        if (values.Length != shape.Length)
        {
            throw new ShapeException(
                $"Tensor: {shape} holds {shape.Length} values; got {values.Length}.");
        }

        Tensor<T> tensor = Empty<T>(shape, device);
        tensor.CopyFrom(values);
        return tensor;
    }

    /// <summary>A tensor of one axis with the given values, copied.</summary>
    public static Tensor<T> From<T>(params ReadOnlySpan<T> values)
        where T : unmanaged => From(values, [values.Length]);

    /// <summary>A tensor with the elements of .NET's own strided span, copied in row-major
    /// order.</summary>
    /// <exception cref="ShapeException">It has more axes than <see cref="Shape.MaxRank"/>, or a
    /// longer axis than <see cref="int.MaxValue"/>.</exception>
    public static Tensor<T> From<T>(in ReadOnlyTensorSpan<T> values, Device? device = null)
        where T : unmanaged
    {
        if (values.Rank > Shape.MaxRank || values.Lengths.ContainsAnyExceptInRange(0, int.MaxValue))
        {
            throw new ShapeException(
                $"Tensor: at most {Shape.MaxRank} axes of at most {int.MaxValue}; got "
                + $"[{string.Join(", ", values.Lengths.ToArray())}]; Reshape it or take a part.");
        }

        Span<int> lengths = stackalloc int[values.Rank];
        for (int axis = 0; axis < lengths.Length; axis++)
        {
            lengths[axis] = (int)values.Lengths[axis];
        }

        Tensor<T> tensor = Empty<T>(Shape.Create(lengths));
        values.CopyTo(tensor.AsTensorSpan());
        return tensor.MoveTo(device ?? Device.Cpu);
    }

    /// <summary>A tensor over memory owned by something else, such as a mapped file: not copied,
    /// and read-only, so writing to it throws.</summary>
    /// <param name="data">The first element; the others follow in row-major order.</param>
    /// <param name="shape">How many there are.</param>
    /// <param name="owner">The owner of the memory; disposed with the tensor, or by its finaliser
    /// if nobody disposed it. Null if the memory outlives the tensor.</param>
    public static unsafe Tensor<T> Borrow<T>(T* data, Shape shape, IDisposable? owner)
        where T : unmanaged => new(data, shape, owner);
}
