namespace Vitrine.Tensors;

/// <summary>The convention of <c>into</c>: a given destination is checked, a missing one is
/// made.</summary>
internal static class Destination
{
    /// <summary>The destination of an op: <paramref name="into"/> if it has the shape, new memory
    /// if it is null.</summary>
    /// <exception cref="ShapeException">The destination has another shape.</exception>
    /// <exception cref="ArgumentException">There is none to add to.</exception>
    public static Tensor<T> For<T>(
        string op, Shape shape, Tensor<T>? into, bool accumulate, Device device)
        where T : unmanaged
    {
        RequireAddend(op, into, accumulate);
        if (into is null)
        {
            return Tensor.Empty<T>(shape, device);
        }

        if (into.Shape != shape)
        {
            throw new ShapeException(
                $"{op}: into must be {shape}; got {into.Shape}; leave it out for a new tensor.");
        }

        RequireDistinct(op, nameof(into), into);
        return into;
    }

    /// <summary>Refuses to add to nothing.</summary>
    /// <exception cref="ArgumentException">There is no destination to add to.</exception>
    public static void RequireAddend<T>(string op, Tensor<T>? into, bool accumulate)
        where T : unmanaged
    {
        if (accumulate && into is null)
        {
            throw new ArgumentException(
                $"{op}: accumulate needs a tensor to add to; got into = null; pass into, or leave "
                + "accumulate out.", nameof(into));
        }
    }

    /// <summary>Refuses to write where several elements are one, since threads would race for it,
    /// and to borrowed memory.</summary>
    /// <exception cref="ShapeException">An axis is broadcast.</exception>
    /// <exception cref="InvalidOperationException">The memory is borrowed.</exception>
    public static void RequireDistinct<T>(string op, string name, Tensor<T> tensor)
        where T : unmanaged
    {
        tensor.RequireWritable(op);
        for (int axis = 0; axis < tensor.Rank; axis++)
        {
            if (tensor.Strides[axis] == 0 && tensor.Shape[axis] > 1 && tensor.Length > 0)
            {
                throw new ShapeException(
                    $"{op}: {name} must not be broadcast; got stride 0 on axis {axis} of "
                    + $"{tensor.Shape}; pass a tensor with memory of its own.");
            }
        }
    }

    /// <summary>The operand itself, or a copy if writing <paramref name="y"/> could change elements
    /// of it before they are read: same memory, in another layout.</summary>
    public static Tensor<T> Apart<T>(Tensor<T> x, Tensor<T> y)
        where T : unmanaged => x.IsApartFrom(y) ? x : x.Clone();

    /// <summary>The tensor itself if it is contiguous, else a contiguous copy.</summary>
    public static Tensor<T> Contiguous<T>(Tensor<T> x)
        where T : unmanaged => x.IsContiguous ? x : x.Clone();

    /// <summary>Disposes a copy made by <see cref="Apart"/> or <see cref="Contiguous"/> and keeps
    /// the original alive until here.</summary>
    public static void Release<T>(Tensor<T> used, Tensor<T> original)
        where T : unmanaged
    {
        if (!ReferenceEquals(used, original))
        {
            used.Dispose();
        }

        original.KeepAlive();
    }
}
