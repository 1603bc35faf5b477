using Vitrine.Tensors;

namespace Vitrine.Models.Checkpoints.Gguf;

/// <summary>The way of a tensor from a file into memory: some millions of values at a time, cut
/// into pieces for the threads.</summary>
internal sealed class GgufCopy<T>
    where T : unmanaged
{
    private const int PieceValues = 1 << 16;
    private const int AtOnce = 32;

    private readonly GgufTensor _stored;
    private readonly Tensor<T> _tensor;
    private readonly int _pieceBytes;
    private readonly byte[] _buffer;
    private long _next;
    private int _filled;

    public GgufCopy(GgufTensor stored, Tensor<T> tensor)
    {
        (_stored, _tensor) = (stored, tensor);
        _pieceBytes = PieceValues / stored.Stored.Values * stored.Stored.Bytes;
        _buffer = new byte[Math.Min(stored.Length, (long)AtOnce * _pieceBytes)];
    }

    /// <summary>The pieces of what was read last.</summary>
    public int Pieces => (_filled + _pieceBytes - 1) / _pieceBytes;

    /// <summary>Reads on; false at the end.</summary>
    public bool ReadNext()
    {
        _next += _filled;
        _filled = (int)Math.Min(_buffer.Length, _stored.Length - _next);
        if (_filled == 0)
        {
            return false;
        }

        _stored.Part.Read(_stored, _next, _buffer.AsSpan(0, _filled));
        return true;
    }

    /// <summary>The bytes of a piece.</summary>
    public ReadOnlySpan<byte> Bytes(int piece) => _buffer.AsSpan(
        piece * _pieceBytes, Math.Min(_pieceBytes, _filled - (piece * _pieceBytes)));

    /// <summary>Where its values go.</summary>
    public Span<T> Values(int piece)
    {
        GgufType type = _stored.Stored;
        long first = (_next + ((long)piece * _pieceBytes)) / type.Bytes * type.Values;
        return _tensor.WritableSpan.Slice(
            (int)first, Bytes(piece).Length / type.Bytes * type.Values);
    }
}
