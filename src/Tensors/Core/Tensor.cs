using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Vitrine.Tensors;

/// <summary>A strided array in native memory: the one container that kernels read and
/// write.</summary>
/// <remarks>
/// <para>A tensor made by a factory or an op owns its memory; <see cref="Dispose"/> returns it to
/// the pool. <see cref="Transpose()"/>, <see cref="Slice"/>, <see cref="Reshape"/> and
/// <see cref="BroadcastTo"/> are views: they cost nothing, borrow the memory, and need no disposal.
/// Using a tensor or a view after its memory was released throws
/// <see cref="ObjectDisposedException"/>.</para>
/// <para>There are no operators: nothing compares, copies or computes behind a symbol.</para>
/// <para>Several threads may read a tensor and take views of it; one that writes into it, or
/// disposes it, must be alone with it.</para>
/// </remarks>
/// <typeparam name="T">float for arithmetic, int for indices, Half for storage.</typeparam>
[DebuggerDisplay("{ToString(),nq}")]
public sealed unsafe partial class Tensor<T> : IDisposable, IOnDevice
    where T : unmanaged
{
    private readonly Storage _storage;
    private readonly Axes<long> _strides;
    private readonly long _offset;
    private readonly int _life;
    private readonly bool _isView;
    private Tensor<T>? _latestView;

    internal Tensor(Shape shape, Device device)
    {
        Shape = shape;
        Length = shape.Length;
        _storage = Storage.Rent(device, checked((nuint)Length * (nuint)sizeof(T)), out _life);
        ContiguousStrides(shape, _strides);
        IsContiguous = true;
    }

    /// <summary>Over memory that is borrowed until <paramref name="owner"/> is
    /// disposed.</summary>
    internal Tensor(T* data, Shape shape, IDisposable? owner)
    {
        Shape = shape;
        Length = shape.Length;
        _storage = Storage.Borrow(Device.Cpu, data, owner, out _life);
        ContiguousStrides(shape, _strides);
        IsContiguous = true;
    }

    private Tensor(Tensor<T> of, long offset, Shape shape, ReadOnlySpan<long> strides)
    {
        (_storage, _life) = (of._storage, of._life);
        _offset = offset;
        _isView = true;
        Shape = shape;
        Length = shape.Length;
        strides[..shape.Rank].CopyTo(_strides);
        IsContiguous = FindContiguous();
    }

    /// <summary>The lengths of the axes.</summary>
    public Shape Shape { get; }

    /// <summary>The number of axes.</summary>
    public int Rank => Shape.Rank;

    /// <summary>The number of elements.</summary>
    public long Length { get; }

    /// <summary>Elements between neighbours along each axis; 0 along a broadcast axis.</summary>
    public ReadOnlySpan<long> Strides => ((ReadOnlySpan<long>)_strides)[..Rank];

    /// <summary>Whether the elements lie one after another in row-major order.</summary>
    public bool IsContiguous { get; }

    /// <summary>Whether this borrows another tensor's memory.</summary>
    public bool IsView => _isView;

    /// <summary>Whether the memory was released.</summary>
    public bool IsDisposed => _storage.IsReleased(_life);

    /// <summary>The device of the elements.</summary>
    public Device Device => _storage.Device;

    /// <summary>Rises with every write to the memory, through this tensor or any view of
    /// it.</summary>
    public int Version => _storage.Version;

    /// <summary>The elements of a contiguous tensor, row-major. Keep a reference to the tensor for
    /// as long as the span is used.</summary>
    /// <exception cref="ShapeException">The tensor is not contiguous, or has more elements than a
    /// span can hold.</exception>
    /// <exception cref="ObjectDisposedException">Its memory was released.</exception>
    public ReadOnlySpan<T> Span => new(ContiguousPointer(), SpanLength());

    /// <summary>The elements of a contiguous tensor, to be written; raises
    /// <see cref="Version"/>.</summary>
    /// <exception cref="ShapeException">The tensor is not contiguous, or has more elements than a
    /// span can hold.</exception>
    /// <exception cref="InvalidOperationException">Its memory is borrowed.</exception>
    /// <exception cref="ObjectDisposedException">Its memory was released.</exception>
    public Span<T> WritableSpan
    {
        get
        {
            T* pointer = ContiguousPointer();
            int length = SpanLength();
            RequireWritable(nameof(WritableSpan));
            _storage.MarkWritten(_life);
            return new Span<T>(pointer, length);
        }
    }

    /// <summary>The first element's address on the CPU. Kernels only; the tensor must be kept
    /// alive.</summary>
    /// <exception cref="InvalidOperationException">The elements lie on another device.</exception>
    internal T* Pointer => Device == Device.Cpu ? Address : throw new InvalidOperationException(
        $"Tensor: the elements of {Describe()} are on device '{Device}', where the CPU cannot read "
        + "or write them; copy them with .To(Device.Cpu).");

    /// <summary>The first element's address on its device: for kernels of the device and for
    /// comparing; the CPU must not follow it.</summary>
    internal T* Address => (T*)_storage.Pointer(_life) + _offset;

    /// <summary>One element; negative indices count from the end of their axis.</summary>
    /// <exception cref="ShapeException">There are not as many indices as axes.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside its axis.</exception>
    public T this[params ReadOnlySpan<int> index]
    {
        get
        {
            T value = Pointer[ElementOffset(index)];
            KeepAlive();
            return value;
        }

        set
        {
            RequireWritable("Tensor");
            Pointer[ElementOffset(index)] = value;
            _storage.MarkWritten(_life);
        }
    }

    /// <summary>Whether both share memory, as a view and its base do.</summary>
    public bool SharesMemoryWith(Tensor<T> other) =>
        ReferenceEquals(_storage, other._storage) && _life == other._life;

    /// <summary>Releases the memory this tensor owns; does nothing for a view, and twice is
    /// fine.</summary>
    public void Dispose()
    {
        if (!_isView)
        {
            _storage.Release(_life);
        }
    }

    /// <summary>Whether writing <paramref name="y"/> element by element never changes an element of
    /// this before it was read: other memory, other parts of it, or the same elements in one
    /// layout.</summary>
    internal bool IsApartFrom(Tensor<T> y) => !SharesMemoryWith(y)
        || (_offset == y._offset && Shape == y.Shape && Strides.SequenceEqual(y.Strides))
        || End <= y._offset || y.End <= _offset;

    /// <summary>Refuses to be a destination where the memory is borrowed.</summary>
    /// <exception cref="InvalidOperationException">It is.</exception>
    internal void RequireWritable(string op) => _storage.RequireWritable(op, _life);

    /// <summary>Says that a kernel wrote through <see cref="Pointer"/>.</summary>
    internal void MarkWritten() => _storage.MarkWritten(_life);

    /// <summary>Keeps an owner that is no longer referenced from being finalised under a
    /// kernel.</summary>
    internal void KeepAlive() => GC.KeepAlive(_storage);

    internal static void ContiguousStrides(Shape shape, Span<long> strides)
    {
        long stride = 1;
        for (int axis = shape.Rank - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= shape[axis];
        }
    }

    /// <summary>One past the last element, counted from the start of the memory.</summary>
    internal long End
    {
        get
        {
            long last = 0;
            for (int axis = 0; axis < Rank; axis++)
            {
                last += (Shape[axis] - 1) * _strides[axis];
            }

            return _offset + (Length == 0 ? 0 : last + 1);
        }
    }

    /// <summary>Where the first element is, counted from the start of the memory.</summary>
    internal long Start => _offset;

    private T* ContiguousPointer() => IsContiguous
        ? Pointer
        : throw new ShapeException(
            $"Tensor: a span needs contiguous elements; got the strided view {Describe()}; "
            + "call Contiguous() for a copy.");

    private int SpanLength() => Length <= int.MaxValue
        ? (int)Length
        : throw new ShapeException(
            $"Tensor: a span holds at most {int.MaxValue} elements; got {Describe()} with "
            + $"{Length}; take a span of a part, Slice(0, start, length).");

    private bool FindContiguous()
    {
        long expected = 1;
        for (int axis = Rank - 1; axis >= 0; axis--)
        {
            int length = Shape[axis];
            if (length != 1 && _strides[axis] != expected)
            {
                return Length == 0;
            }

            expected *= length;
        }

        return true;
    }

    private long ElementOffset(ReadOnlySpan<int> index)
    {
        if (index.Length != Rank)
        {
            throw new ShapeException(
                $"Tensor: {Shape} takes {Rank} indices; got {index.Length}; use Select for a "
                + "part.");
        }

        long offset = 0;
        for (int axis = 0; axis < index.Length; axis++)
        {
            int length = Shape[axis];
            int i = index[axis] < 0 ? index[axis] + length : index[axis];
            if ((uint)i >= (uint)length)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(index),
                    $"Tensor: index {index[axis]} is outside axis {axis} of {Shape}; "
                    + $"use {-length} … {length - 1}.");
            }

            offset += i * _strides[axis];
        }

        return offset;
    }
}
