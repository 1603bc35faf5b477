namespace Vitrine.Tensors;

/// <content>Copies, always explicit.</content>
public sealed unsafe partial class Tensor<T>
{
    /// <summary>A contiguous copy that the caller owns.</summary>
    public Tensor<T> Clone()
    {
        Tensor<T> copy = new(Shape, Device);
        copy.CopyFrom(this);
        return copy;
    }

    /// <summary>This tensor if it is contiguous (as a view that needs no disposal), else a
    /// contiguous copy that the caller owns.</summary>
    public Tensor<T> Contiguous() => IsContiguous ? View(Shape, Strides) : Clone();

    /// <summary>The elements in row-major order, as an array.</summary>
    public T[] ToArray()
    {
        var values = new T[Length];
        CopyTo(values);
        return values;
    }

    /// <summary>The tensor on a device: itself if it is there (as a view that needs no disposal),
    /// else a contiguous copy that the caller owns.</summary>
    public Tensor<T> To(Device device)
    {
        if (device == Device)
        {
            return View(Shape, Strides);
        }

        Tensor<T> copy = new(Shape, device);
        copy.CopyFrom(this);
        return copy;
    }

    /// <summary>This tensor if it is on the device; else a contiguous copy there, and this one is
    /// released. The caller owns what is returned.</summary>
    public Tensor<T> MoveTo(Device device)
    {
        if (device == Device)
        {
            return this;
        }

        Tensor<T> copy = To(device);
        Dispose();
        return copy;
    }

    /// <summary>The only element, from whichever device.</summary>
    /// <exception cref="ShapeException">There are none or several.</exception>
    public T Scalar()
    {
        if (Length != 1)
        {
            throw new ShapeException($"Scalar: one element is needed; got {Shape}.");
        }

        T value;
        Device.CopyOut(Address, &value, (nuint)sizeof(T));
        KeepAlive();
        return value;
    }

    /// <summary>Copies the elements in row-major order, from whichever device.</summary>
    /// <exception cref="ShapeException">The span has another length.</exception>
    public void CopyTo(Span<T> destination)
    {
        if (destination.Length != Length)
        {
            throw new ShapeException(
                $"CopyTo: {Shape} holds {Length} values; got a span of {destination.Length}.");
        }

        fixed (T* to = destination)
        {
            if (Device == Device.Cpu)
            {
                CopyElements(Pointer, Strides, to, Shape);
            }
            else
            {
                Device.CopyOut(ContiguousAddress("CopyTo"), to, Bytes);
            }
        }

        KeepAlive();
    }

    /// <summary>Overwrites the elements with those of a tensor that broadcasts to this shape, on
    /// whichever device; it may be a view of the same memory.</summary>
    /// <exception cref="ShapeException">The shapes do not fit, or this is broadcast: several of its
    /// elements share memory.</exception>
    /// <exception cref="NotSupportedException">An operand on a device other than the CPU is not
    /// contiguous.</exception>
    public void CopyFrom(Tensor<T> source)
    {
        Destination.RequireDistinct(nameof(CopyFrom), "the destination", this);
        if (!source.IsApartFrom(this))
        {
            using Tensor<T> copy = source.Clone();
            CopyFrom(copy);
            return;
        }

        Tensor<T> from = source.Shape == Shape ? source : source.BroadcastTo(Shape);
        if (Device != Device.Cpu || source.Device != Device.Cpu)
        {
            CopyBetweenDevices(from);
        }
        else if (IsContiguous)
        {
            CopyElements(from.Pointer, from.Strides, Pointer, Shape);
        }
        else
        {
            CopyStrided(from.Pointer, from.Strides, Pointer, Strides, 0);
        }

        _storage.MarkWritten(_life);
        source.KeepAlive();
        KeepAlive();
    }

    /// <summary>Copies values in row-major order into a contiguous tensor, on whichever
    /// device.</summary>
    /// <exception cref="ShapeException">The number of values differs, or this is not
    /// contiguous.</exception>
    public void CopyFrom(ReadOnlySpan<T> values)
    {
        if (values.Length != Length)
        {
            throw new ShapeException(
                $"CopyFrom: {Shape} holds {Length} values; got a span of {values.Length}.");
        }

        RequireWritable(nameof(CopyFrom));
        fixed (T* from = values)
        {
            Device.CopyIn(from, ContiguousAddress("CopyFrom"), Bytes);
        }

        _storage.MarkWritten(_life);
        KeepAlive();
    }

    /// <summary>Sets every element.</summary>
    public void Fill(T value)
    {
        RequireWritable(nameof(Fill));
        if (IsContiguous || Device != Device.Cpu)
        {
            Device.Fill(ContiguousAddress("Fill"), &value, sizeof(T), Length);
        }
        else
        {
            Span<long> broadcast = stackalloc long[Rank];
            broadcast.Clear();
            CopyStrided(&value, broadcast, Pointer, Strides, 0);
        }

        _storage.MarkWritten(_life);
        KeepAlive();
    }

    private nuint Bytes => (nuint)Length * (nuint)sizeof(T);

    private void CopyBetweenDevices(Tensor<T> from)
    {
        if (from.Device == Device)
        {
            Device.Copy(from.ContiguousAddress("CopyFrom"), ContiguousAddress("CopyFrom"), Bytes);
        }
        else if (Device == Device.Cpu)
        {
            using Tensor<T>? staged = IsContiguous ? null : new Tensor<T>(Shape, Device);
            T* host = staged is null ? Pointer : staged.Pointer;
            from.Device.CopyOut(from.ContiguousAddress("CopyFrom"), host, Bytes);
            if (staged is not null)
            {
                CopyFrom(staged);
            }
        }
        else
        {
            using Tensor<T> host = new(Shape, Device.Cpu);
            host.CopyFrom(from);
            Device.CopyIn(host.Pointer, ContiguousAddress("CopyFrom"), Bytes);
        }
    }

    /// <summary>The address of elements that lie one after another, on whichever device.</summary>
    private T* ContiguousAddress(string op) => IsContiguous ? Address
        : Device == Device.Cpu
            ? throw new ShapeException(
                $"{op}: the destination must be contiguous; got {Describe()}; make a tensor from "
                + "the values and copy from it.")
            : throw new NotSupportedException(
                $"{op}: device '{Device}' copies contiguous elements only; got {Describe()}.");
}
