using System.Numerics.Tensors;

namespace Vitrine.Tensors;

/// <content>Conversion to and from System.Numerics.Tensors.</content>
public sealed unsafe partial class Tensor<T>
{
    /// <summary>The elements as .NET's own strided span: a view, without a copy. Keep a reference
    /// to the tensor for as long as it is used. A single number without axes has one of length 1
    /// there.</summary>
    /// <exception cref="ObjectDisposedException">The memory was released.</exception>
    public ReadOnlyTensorSpan<T> AsReadOnlyTensorSpan()
    {
        Span<nint> lengths = stackalloc nint[Shape.MaxRank];
        Span<nint> strides = stackalloc nint[Shape.MaxRank];
        (int axes, int steps) = Describe(lengths, strides);
        return new(
            Pointer, (nint)(End - Start), lengths[..axes], strides[..steps]);
    }

    /// <summary>As <see cref="AsReadOnlyTensorSpan"/>, to be written; raises
    /// <see cref="Version"/>.</summary>
    /// <exception cref="ShapeException">An axis is broadcast, so several elements share
    /// memory.</exception>
    /// <exception cref="InvalidOperationException">The memory is borrowed.</exception>
    /// <exception cref="ObjectDisposedException">The memory was released.</exception>
    public TensorSpan<T> AsTensorSpan()
    {
        Destination.RequireDistinct(nameof(AsTensorSpan), "the tensor", this);
        Span<nint> lengths = stackalloc nint[Shape.MaxRank];
        Span<nint> strides = stackalloc nint[Shape.MaxRank];
        (int axes, int steps) = Describe(lengths, strides);
        _storage.MarkWritten(_life);
        return new(
            Pointer, (nint)(End - Start), lengths[..axes], strides[..steps]);
    }

    /// <summary>The numbers of lengths and of strides: no strides mean contiguous elements, and
    /// .NET asks for the stride 0 along an axis of length 1.</summary>
    private (int Axes, int Steps) Describe(Span<nint> lengths, Span<nint> strides)
    {
        lengths[0] = 1;
        for (int axis = 0; axis < Rank; axis++)
        {
            lengths[axis] = Shape[axis];
            strides[axis] = Shape[axis] == 1 ? 0 : (nint)_strides[axis];
        }

        return (Math.Max(Rank, 1), IsContiguous ? 0 : Rank);
    }
}
