namespace Vitrine.Tensors;

/// <content>Views: other layouts of the same memory.</content>
public sealed unsafe partial class Tensor<T>
{
    /// <summary>The last two axes exchanged; a view.</summary>
    /// <exception cref="ShapeException">There are fewer than two axes.</exception>
    public Tensor<T> Transpose() => Transpose(-2, -1);

    /// <summary>Two axes exchanged; a view.</summary>
    /// <exception cref="ShapeException">An axis does not exist.</exception>
    public Tensor<T> Transpose(int axis, int other)
    {
        Span<int> order = stackalloc int[Rank];
        for (int i = 0; i < Rank; i++)
        {
            order[i] = i;
        }

        (order[Shape.Axis(axis)], order[Shape.Axis(other)]) = (Shape.Axis(other), Shape.Axis(axis));
        return Permute(order);
    }

    /// <summary>The axes in another order: axis <c>i</c> of the result is axis <c>order[i]</c> of
    /// this; a view.</summary>
    /// <exception cref="ShapeException">The order does not name every axis once.</exception>
    public Tensor<T> Permute(params ReadOnlySpan<int> order)
    {
        Span<int> lengths = stackalloc int[Rank];
        Span<long> strides = stackalloc long[Rank];
        int seen = 0;
        for (int i = 0; i < order.Length && i < Rank; i++)
        {
            int axis = Shape.Axis(order[i]);
            seen |= 1 << axis;
            lengths[i] = Shape[axis];
            strides[i] = _strides[axis];
        }

        if (order.Length != Rank || seen != (1 << Rank) - 1)
        {
            throw new ShapeException(
                $"Permute: the order must name each axis of {Shape} once; got "
                + $"({string.Join(", ", order.ToArray())}).");
        }

        return View(Shape.Create(lengths), strides);
    }

    /// <summary>The part <c>[start, start + length)</c> of one axis; a view.</summary>
    /// <exception cref="ShapeException">The axis does not exist.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The part is not inside it.</exception>
    public Tensor<T> Slice(int axis, int start, int length)
    {
        int resolved = Shape.Axis(axis);
        int available = Shape[resolved];
        if (start < 0 || length < 0 || start > available - length)
        {
            throw new ArgumentOutOfRangeException(
                nameof(start), $"Slice: the part must lie inside axis {axis} of {Shape}; "
                + $"got start {start}, length {length}.");
        }

        return View(Shape.With(resolved, length), Strides, start * _strides[resolved]);
    }

    /// <summary>One entry of an axis, with that axis removed; a view.</summary>
    /// <exception cref="ShapeException">The axis does not exist.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The index is outside it.</exception>
    public Tensor<T> Select(int axis, int index)
    {
        int resolved = Shape.Axis(axis);
        int length = Shape[resolved];
        int i = index < 0 ? index + length : index;
        if ((uint)i >= (uint)length)
        {
            throw new ArgumentOutOfRangeException(
                nameof(index),
                $"Select: index {index} is outside axis {axis} of {Shape}; use {-length} … "
                + $"{length - 1}.");
        }

        Span<long> strides = stackalloc long[Rank];
        int rank = 0;
        for (int from = 0; from < Rank; from++)
        {
            if (from != resolved)
            {
                strides[rank++] = _strides[from];
            }
        }

        return View(Shape.Without(resolved), strides, i * _strides[resolved]);
    }

    /// <summary>A new axis of length 1 before <paramref name="axis"/>; a view.</summary>
    /// <exception cref="ShapeException">The position does not exist or the rank would be too
    /// large.</exception>
    public Tensor<T> Unsqueeze(int axis)
    {
        int at = axis < 0 ? axis + Rank + 1 : axis;
        if ((uint)at > (uint)Rank)
        {
            throw new ShapeException(
                $"Unsqueeze: axis {axis} cannot be added to {Shape}; use {-Rank - 1} … {Rank}.");
        }

        Span<int> lengths = stackalloc int[Rank + 1];
        Span<long> strides = stackalloc long[Rank + 1];
        for (int i = 0; i <= Rank; i++)
        {
            int from = i < at ? i : i - 1;
            lengths[i] = i == at ? 1 : Shape[from];
            strides[i] = i == at ? 0 : _strides[from];
        }

        return View(Shape.Create(lengths), strides);
    }

    /// <summary>Other axes over the same elements in the same order; a view. One length may be −1
    /// and is found from the others.</summary>
    /// <exception cref="ShapeException">The lengths differ in number of elements, or the strides
    /// cannot be expressed without a copy.</exception>
    public Tensor<T> Reshape(params ReadOnlySpan<int> lengths)
    {
        Shape shape = Infer(lengths);
        Span<long> strides = stackalloc long[Shape.MaxRank];
        if (!TryReshapeStrides(shape, strides))
        {
            throw new ShapeException(
                $"Reshape: {Describe()} cannot be seen as {shape} without a copy; "
                + "call Contiguous() first.");
        }

        return View(shape, strides);
    }

    /// <summary>Broadcasts axes of length 1, and new leading axes, to a shape; a view whose
    /// broadcast axes have stride 0.</summary>
    /// <exception cref="ShapeException">The shape does not broadcast to the given one.</exception>
    public Tensor<T> BroadcastTo(Shape shape)
    {
        Span<long> strides = stackalloc long[Shape.MaxRank];
        int added = shape.Rank - Rank;
        bool legal = added >= 0;
        for (int axis = 0; legal && axis < shape.Rank; axis++)
        {
            int own = axis < added ? 1 : Shape[axis - added];
            strides[axis] = own == 1 ? 0 : _strides[axis - added];
            legal = own == 1 || own == shape[axis];
        }

        if (!legal)
        {
            throw new ShapeException(
                $"BroadcastTo: {Shape} cannot be broadcast to {shape}; axes are aligned at the "
                + "last one and only a length of 1 can be broadcast.");
        }

        return View(shape, strides);
    }

    /// <summary>The latest view is kept and given again when it is asked for again, as a weight's
    /// is in every step: views have nothing that changes.</summary>
    private Tensor<T> View(Shape shape, ReadOnlySpan<long> strides, long offset = 0)
    {
        offset += _offset;
        if (_latestView is { } view && view._offset == offset && view.Shape == shape
            && view.Strides.SequenceEqual(strides[..shape.Rank]))
        {
            return view;
        }

        return _latestView = new Tensor<T>(this, offset, shape, strides);
    }

    private Shape Infer(ReadOnlySpan<int> lengths)
    {
        Span<int> full = stackalloc int[lengths.Length];
        lengths.CopyTo(full);
        int unknown = full.IndexOf(-1);
        if (unknown >= 0)
        {
            full[unknown] = 1;
            long known = Shape.Create(full).Length;
            full[unknown] = known > 0 && Length % known == 0 ? checked((int)(Length / known)) : 0;
        }

        Shape shape = Shape.Create(full);
        return shape.Length == Length
            ? shape
            : throw new ShapeException(
                $"Reshape: the number of elements must stay the same; got {Shape} ({Length}) "
                + $"to [{string.Join(", ", lengths.ToArray())}].");
    }

    /// <summary>Walks both shapes in groups of axes that hold equally many elements; inside a group
    /// the old axes must be evenly spaced for the new ones to have strides.</summary>
    private bool TryReshapeStrides(Shape shape, Span<long> strides)
    {
        if (IsContiguous)
        {
            ContiguousStrides(shape, strides);
            return true;
        }

        int oldAxis = 0;
        int newAxis = 0;
        while (oldAxis < Rank || newAxis < shape.Rank)
        {
            int oldStart = oldAxis;
            int newStart = newAxis;
            long oldCount = oldAxis < Rank ? Shape[oldAxis++] : 1;
            long newCount = newAxis < shape.Rank ? shape[newAxis++] : 1;
            while (oldCount != newCount)
            {
                if (oldCount < newCount)
                {
                    oldCount *= Shape[oldAxis++];
                }
                else
                {
                    newCount *= shape[newAxis++];
                }
            }

            long stride = 1;
            long expected = -1;
            for (int axis = oldAxis - 1; axis >= oldStart; axis--)
            {
                if (Shape[axis] == 1)
                {
                    continue;
                }

                if (expected < 0)
                {
                    stride = expected = _strides[axis];
                }
                else if (_strides[axis] != expected)
                {
                    return false;
                }

                expected *= Shape[axis];
            }

            for (int axis = newAxis - 1; axis >= newStart; axis--)
            {
                strides[axis] = stride;
                stride *= shape[axis];
            }
        }

        return true;
    }
}
