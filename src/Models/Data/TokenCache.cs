using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Tokenizers;

namespace Vitrine.Models.Data;

/// <summary>Keeps the tokens of texts in files, so that a text is tokenised once.</summary>
/// <remarks>
/// A file is named by its key, the SHA-256 of text and vocabulary. It holds a mark, the key, the
/// SHA-256 of all that follows, three lengths, the token ids (32 bits each, little-endian), and the
/// table of documents. A file that is not exactly so is made anew. Nothing here fails for want of a
/// writable folder.
/// </remarks>
internal static class TokenCache
{
    private const int HashLength = SHA256.HashSizeInBytes;
    private const int LengthsAt = 8 + (2 * HashLength);
    private const int HeaderLength = LengthsAt + (3 * sizeof(int)) + sizeof(int);
    private static readonly TimeSpan Abandoned = TimeSpan.FromHours(1);

    private static ReadOnlySpan<byte> Mark => "VTRTOK01"u8;

    /// <summary>The tokens from the cache, or from the text, which are then cached.</summary>
    /// <param name="text">The text.</param>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="folder">Where files are kept; null for no cache.</param>
    public static CorpusTokens Get(CorpusText text, Tokenizer tokenizer, string? folder)
    {
        if (folder is null || !BitConverter.IsLittleEndian)
        {
            return CorpusTokens.Make(text.Documents(), tokenizer);
        }

        byte[] key = SHA256.HashData([.. Mark, .. tokenizer.Hash, .. text.Hash]);
        string path = Path.Combine(folder, Convert.ToHexStringLower(key.AsSpan(0, 16)) + ".tokens");
        if (TryOpen(path, key) is { } cached)
        {
            return cached;
        }

        CorpusTokens made = CorpusTokens.Make(text.Documents(), tokenizer);
        return TryWrite(path, key, made) ? TryOpen(path, key) ?? made : made;
    }

    private static CorpusTokens? TryOpen(string path, byte[] key)
    {
        try
        {
            using FileStream file = OpenShared(path);
            return Read(file, key);
        }
        catch (Exception failure) when (IsDisks(failure))
        {
            return null;
        }
    }

    private static CorpusTokens? Read(FileStream file, byte[] key)
    {
        var header = new byte[HeaderLength];
        if (file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length
            || !header.AsSpan().StartsWith(Mark)
            || !header.AsSpan(8, HashLength).SequenceEqual(key))
        {
            return null;
        }

        int trainLength = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(LengthsAt));
        int length = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(LengthsAt + 4));
        int tableLength = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(LengthsAt + 8));
        if (trainLength < 0 || length < trainLength || tableLength < 0
            || file.Length != HeaderLength + ((long)length * sizeof(int)) + tableLength)
        {
            return null;
        }

        file.Position = LengthsAt;
        if (!SHA256.HashData(file).AsSpan().SequenceEqual(
            header.AsSpan(8 + HashLength, HashLength)))
        {
            return null;
        }

        file.Position = file.Length - tableLength;
        Document[] documents = ReadDocuments(file);
        var tokens = new MappedTokens(file, HeaderLength, length);
        return new CorpusTokens(tokens.Memory, trainLength, documents, tokens);
    }

    private static bool TryWrite(string path, byte[] key, CorpusTokens tokens)
    {
        string folder = Path.GetDirectoryName(path)!;
        try
        {
            Directory.CreateDirectory(folder);
            AtomicFile.RemoveStale(folder, Abandoned);
            AtomicFile.Write(path, stream => Write(stream, key, tokens));
            return true;
        }
        catch (Exception failure) when (IsDisks(failure))
        {
            return false;
        }
    }

    private static void Write(Stream stream, byte[] key, CorpusTokens tokens)
    {
        byte[] table = WriteDocuments(tokens.Documents);
        var header = new byte[HeaderLength];
        Mark.CopyTo(header);
        key.CopyTo(header, 8);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(LengthsAt), tokens.TrainLength);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(LengthsAt + 4), tokens.Stream.Length);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(LengthsAt + 8), table.Length);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(header.AsSpan(LengthsAt));
        stream.Write(header);
        const int BlockLength = 1 << 20;
        for (int start = 0; start < tokens.Stream.Length; start += BlockLength)
        {
            int end = Math.Min(tokens.Stream.Length, start + BlockLength);
            ReadOnlySpan<int> block = tokens.Stream[start..end];
            hash.AppendData(MemoryMarshal.AsBytes(block));
            stream.Write(MemoryMarshal.AsBytes(block));
        }

        hash.AppendData(table);
        stream.Write(table);
        stream.Position = 8 + HashLength;
        stream.Write(hash.GetHashAndReset());
    }

    private static FileStream OpenShared(string path) => new(
        path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16);

    /// <summary>Whether a failure is one of file or path, and not a fault of the program.</summary>
    private static bool IsDisks(Exception failure) => failure is
        IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException;

    private static byte[] WriteDocuments(Document[] documents)
    {
        using var table = new MemoryStream();
        using var writer = new BinaryWriter(table, Encoding.UTF8);
        writer.Write(documents.Length);
        foreach (Document document in documents)
        {
            writer.Write(document.Name);
            writer.Write(document.Start);
            writer.Write(document.Length);
            writer.Write(document.IsHeldOut);
        }

        writer.Flush();
        return table.ToArray();
    }

    private static Document[] ReadDocuments(Stream table)
    {
        using var reader = new BinaryReader(table, Encoding.UTF8, leaveOpen: true);
        var documents = new Document[reader.ReadInt32()];
        for (int i = 0; i < documents.Length; i++)
        {
            documents[i] = new Document(
                reader.ReadString(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadBoolean());
        }

        return documents;
    }
}
