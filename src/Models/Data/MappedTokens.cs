using System.Buffers;
using Vitrine.Models.Checkpoints;

namespace Vitrine.Models.Data;

/// <summary>A stretch of a file, mapped into memory as token ids.</summary>
/// <remarks>
/// A span of it keeps nothing alive, so the mapping lasts until it is disposed (or the process
/// ends), even if nobody refers to it any more.
/// </remarks>
internal sealed unsafe class MappedTokens : MemoryManager<int>
{
    private static readonly HashSet<MappedTokens> Live = [];
    private readonly MappedBytes _bytes;
    private readonly int _length;
    private int* _pointer;

    public MappedTokens(FileStream file, long offset, int length)
    {
        _bytes = new MappedBytes(file.SafeFileHandle, offset, (long)length * sizeof(int));
        _length = length;
        _pointer = (int*)_bytes.Pointer;
        lock (Live)
        {
            Live.Add(this);
        }
    }

    public override Span<int> GetSpan() => _pointer == null
        ? throw new ObjectDisposedException(
            nameof(Corpus), "Corpus: its tokens are no longer mapped; use it before it is "
                + "disposed.")
        : new Span<int>(_pointer, _length);

    public override MemoryHandle Pin(int elementIndex = 0) => new(_pointer + elementIndex);

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
        if (_pointer == null)
        {
            return;
        }

        _pointer = null;
        lock (Live)
        {
            Live.Remove(this);
        }

        _bytes.Dispose();
    }
}
