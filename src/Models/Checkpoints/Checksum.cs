using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Vitrine.Models.Checkpoints;

/// <summary>
/// The checksum in the metadata of Vitrine's own checkpoints: the SHA-256 of the whole file, taken
/// with zeros in the checksum's place.
/// </summary>
internal static class Checksum
{
    public const string Key = "vitrine.sha256";

    /// <summary>The placeholder for the checksum while it is computed.</summary>
    public static readonly string Placeholder = new('0', SHA256.HashSizeInBytes * 2);

    private const int BlockLength = 1 << 20;
    private static readonly byte[] Mark = Encoding.ASCII.GetBytes($"\"{Key}\":\"");

    /// <summary>The position of the checksum's digits in a header's JSON; −1 if it has
    /// none.</summary>
    public static int Find(ReadOnlySpan<byte> json)
    {
        int mark = json.IndexOf(Mark);
        int start = mark + Mark.Length;
        return mark < 0 || json.Length < start + Placeholder.Length ? -1 : start;
    }

    /// <summary>The checksum of a file whose header holds the placeholder.</summary>
    public static string Of(SafeFileHandle file, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> json)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(prefix);
        hash.AppendData(json);
        var block = new byte[BlockLength];
        long offset = prefix.Length + json.Length;
        for (int read; (read = SafeTensors.ReadAt(file, block, offset)) > 0; offset += read)
        {
            hash.AppendData(block, 0, read);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Throws unless the file has the checksum that its header says.</summary>
    public static void Verify(
        string path, SafeFileHandle file, ReadOnlySpan<byte> prefix, byte[] json)
    {
        int start = Find(json);
        if (start < 0)
        {
            throw SafeTensorsHeader.Wrong(
                path,
                $"its metadata must hold the checksum \"{Key}\"; there is none; it is damaged or "
                + "from another tool.");
        }

        Span<byte> digits = json.AsSpan(start, Placeholder.Length);
        string stored = Encoding.Latin1.GetString(digits);
        byte[] blank = [.. json];
        blank.AsSpan(start, Placeholder.Length).Fill((byte)'0');
        string found = Of(file, prefix, blank);
        if (stored != found)
        {
            throw SafeTensorsHeader.Wrong(
                path,
                $"its SHA-256 must be {stored}; got {found}; the file was changed after it was "
                + "written; restore it from a copy, or train the model again.");
        }
    }
}
