namespace Vitrine.Tensors;

/// <summary>
/// A block of native memory that one tensor owns and its views borrow. Releasing it returns the
/// memory to the pool at once; whoever still holds a view gets
/// <see cref="ObjectDisposedException"/> instead of someone else's numbers. The finalizer only
/// catches what was never disposed.
/// </summary>
internal sealed unsafe class Storage
{
    private readonly nuint _bytes;
    private nint _pointer;

    public Storage(Device device, nuint bytes)
    {
        Device = device;
        _bytes = bytes;
        _pointer = (nint)Device.Pool.Rent(bytes);
    }

    ~Storage() => Release();

    public Device Device { get; }

    /// <summary>Counts the writes: a tape compares it to find saved values that were
    /// changed.</summary>
    public int Version { get; private set; }

    public bool IsReleased => _pointer == 0;

    public void* Pointer
    {
        get
        {
            nint pointer = _pointer;
            return pointer == 0 ? throw Released() : (void*)pointer;
        }
    }

    public void MarkWritten() => Version++;

    public void Release()
    {
        // Exchanged, so that two threads that dispose at once return the block once.
        nint pointer = Interlocked.Exchange(ref _pointer, 0);
        if (pointer != 0)
        {
            Device.Pool.Return((void*)pointer, _bytes);
            GC.SuppressFinalize(this);
        }
    }

    private static ObjectDisposedException Released() => new(
        nameof(Tensor),
        "Tensor: its memory was released; it, the tensor it is a view of, or the tape scope that "
        + "owned it was disposed; Clone() what must live longer.");
}
