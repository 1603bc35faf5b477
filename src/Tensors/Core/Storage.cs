namespace Vitrine.Tensors;

/// <summary>
/// A block of native memory that one tensor owns and its views borrow. Releasing it returns the
/// memory to the pool at once, and ends one of this object's lives: it is used again for other
/// memory, and whoever still holds a view of the ended life gets
/// <see cref="ObjectDisposedException"/> instead of someone else's numbers. The finalizer only
/// catches what was never disposed.
/// </summary>
internal sealed unsafe class Storage
{
    private static readonly Stack<Storage> Spare = new();
    private nuint _bytes;
    private void* _pointer;
    private IDisposable? _owner;
    private int _life;

    private Storage()
    {
    }

    // While it waits among the spare ones it is reachable, so this means that nobody released it.
    ~Storage()
    {
        Release(_life);
        GC.ReRegisterForFinalize(this);
    }

    public Device Device { get; private set; } = null!;

    /// <summary>Whether the memory is someone else's, to be read only.</summary>
    public bool IsBorrowed { get; private set; }

    /// <summary>Counts the writes: a tape compares it to find saved values that were
    /// changed.</summary>
    public int Version { get; private set; }

    /// <summary>Memory for one tensor, and the number of the life that it begins.</summary>
    public static Storage Rent(Device device, nuint bytes, out int life)
    {
        Storage storage = Begin(device, device.Rent(bytes), out life);
        storage._bytes = bytes;
        return storage;
    }

    /// <summary>Memory that someone else keeps until <paramref name="owner"/> is
    /// disposed.</summary>
    public static Storage Borrow(Device device, void* pointer, IDisposable? owner, out int life)
    {
        Storage storage = Begin(device, pointer, out life);
        storage.IsBorrowed = true;
        storage._owner = owner;
        return storage;
    }

    private static Storage Begin(Device device, void* pointer, out int life)
    {
        Storage? storage;
        lock (Spare)
        {
            Spare.TryPop(out storage);
        }

        storage ??= new Storage();
        storage.Device = device;
        storage._pointer = pointer;
        life = storage._life;
        return storage;
    }

    public bool IsReleased(int life) => _life != life;

    public void* Pointer(int life) => _life == life ? _pointer : throw Released();

    /// <summary>Counts a write of this life; another's block is not what was written.</summary>
    public void MarkWritten(int life)
    {
        if (_life == life)
        {
            Version++;
        }
    }

    /// <summary>Refuses to write to memory that was released, or is borrowed in this life.</summary>
    public void RequireWritable(string op, int life)
    {
        if (_life != life)
        {
            throw Released();
        }

        if (IsBorrowed)
        {
            throw new InvalidOperationException(
                $"{op}: borrowed memory is read-only; got a borrowed tensor as destination; pass "
                + "a Clone().");
        }
    }

    public void Release(int life)
    {
        // Exchanged, so that two threads that dispose at once return the block once.
        if (Interlocked.CompareExchange(ref _life, life + 1, life) == life)
        {
            if (IsBorrowed)
            {
                (IDisposable? owner, _owner, IsBorrowed) = (_owner, null, false);
                owner?.Dispose();
            }
            else
            {
                Device.Return(_pointer, _bytes);
            }

            lock (Spare)
            {
                Spare.Push(this);
            }
        }
    }

    private static ObjectDisposedException Released() => new(
        nameof(Tensor),
        "Tensor: its memory was released; it, the tensor it is a view of, or the tape scope that "
        + "owned it was disposed; Clone() tensors that must live longer.");
}
