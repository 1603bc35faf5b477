using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Vitrine.Models.Checkpoints.Gguf;

/// <summary>Reads a file's header from its start to its end, which nothing but the header
/// tells. Memory grows with what was read, never with what a count or length claims.</summary>
internal sealed class GgufReader(string path, SafeFileHandle file, long length)
{
    /// <summary>The longest header; one with a vocabulary of 500 000 tokens has 30 MB.</summary>
    public const int Longest = 1 << 30;

    private const int First = 1 << 16;

    private byte[] _bytes = [];
    private int _filled;

    /// <summary>How far the header was read.</summary>
    public int At { get; private set; }

    /// <summary>The bytes of the file that were not read.</summary>
    public long Left => length - At;

    /// <summary>The file's length.</summary>
    public long Length => length;

    /// <summary>The header's bytes so far.</summary>
    public byte[] Header() => _bytes.AsSpan(0, At).ToArray();

    /// <summary>The next bytes, until more are taken.</summary>
    public ReadOnlySpan<byte> Take(ulong count, string what)
    {
        if (count > (ulong)Left)
        {
            throw Wrong(
                $"{what} must lie in the file of {length} bytes; got {count} bytes from byte {At} "
                + "on; the file was cut short or damaged.");
        }

        if (count > (ulong)(Longest - At))
        {
            throw Wrong(
                $"a header has at most {Longest} bytes; got {what} with {count} bytes from byte "
                + $"{At} on.");
        }

        Fill(At + (int)count);
        ReadOnlySpan<byte> taken = _bytes.AsSpan(At, (int)count);
        At += (int)count;
        return taken;
    }

    public uint UInt32(string what) => BinaryPrimitives.ReadUInt32LittleEndian(Take(4, what));

    public ulong UInt64(string what) => BinaryPrimitives.ReadUInt64LittleEndian(Take(8, what));

    /// <summary>A text; bytes that are no UTF-8 become U+FFFD.</summary>
    public string Text(string what) => Encoding.UTF8.GetString(Take(UInt64(what), what));

    /// <summary>A number of things, all of which the file has room for.</summary>
    public int Count(int least, string what)
    {
        ulong count = UInt64(what);
        return count <= (ulong)Math.Min(Left / least, Longest)
            ? (int)count
            : throw Wrong(
                $"{what} must fit in the {Left} bytes that follow, at least {least} bytes each; "
                + $"got {count}; the file was cut short or damaged.");
    }

    public InvalidDataException Wrong(string what) => GgufHeader.Wrong(path, what);

    private void Fill(int end)
    {
        if (end <= _filled)
        {
            return;
        }

        long wanted = Math.Max(end, Math.Max(First, 2L * _filled));
        Array.Resize(ref _bytes, (int)Math.Min(wanted, Math.Min(length, Longest)));
        _filled += SafeTensors.ReadAt(file, _bytes.AsSpan(_filled), _filled);
        if (end > _filled)
        {
            throw Wrong("the file was cut short while it was read.");
        }
    }
}
