using System.IO.Compression;
using System.Security.Cryptography;

namespace Vitrine.Models.Tokenizers;

/// <summary>The bytes of every token, in id order. The last token is the special one.</summary>
internal sealed class TokenTable
{
    private const string Gpt2Resource = "gpt2.tokens.br";
    private readonly byte[] _bytes;
    private readonly int[] _starts;

    public TokenTable(IReadOnlyCollection<byte[]> tokens)
    {
        _bytes = [.. tokens.SelectMany(token => token)];
        _starts = new int[tokens.Count + 1];
        int id = 0;
        foreach (byte[] token in tokens)
        {
            _starts[id + 1] = _starts[id++] + token.Length;
        }
    }

    private TokenTable(byte[] bytes, int[] starts)
    {
        _bytes = bytes;
        _starts = starts;
    }

    public int Count => _starts.Length - 1;

    public ReadOnlySpan<byte> this[int id] => _bytes.AsSpan(_starts[id].._starts[id + 1]);

    /// <summary>The table in the assembly: brotli over the lengths (one byte each), then the
    /// bytes.</summary>
    public static TokenTable Gpt2()
    {
        const int Count = 50257;
        using Stream resource = Resource();
        using var brotli = new BrotliStream(resource, CompressionMode.Decompress);
        var lengths = new byte[Count];
        brotli.ReadExactly(lengths);
        var starts = new int[Count + 1];
        for (int id = 0; id < Count; id++)
        {
            starts[id + 1] = starts[id] + lengths[id];
        }

        var bytes = new byte[starts[^1]];
        brotli.ReadExactly(bytes);
        return new TokenTable(bytes, starts);
    }

    /// <summary>The SHA-256 of lengths and bytes: equal for equal tables only.</summary>
    public byte[] Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(System.Runtime.InteropServices.MemoryMarshal.AsBytes<int>(_starts));
        hash.AppendData(_bytes);
        return hash.GetHashAndReset();
    }

    public bool ContentEquals(TokenTable other) =>
        _starts.AsSpan().SequenceEqual(other._starts)
        && _bytes.AsSpan().SequenceEqual(other._bytes);

    private static Stream Resource() =>
        typeof(TokenTable).Assembly.GetManifestResourceStream(Gpt2Resource)
        ?? throw new InvalidOperationException($"Tokenizer: the assembly lacks {Gpt2Resource}.");
}
