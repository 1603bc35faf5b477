using Microsoft.Win32.SafeHandles;

namespace Vitrine.Models.Checkpoints;

/// <summary>Opens files to read: regular ones, since a pipe would wait for its writer and a device
/// never ends, up to a size that is said.</summary>
internal static class InputFile
{
    /// <summary>The maximum size of a file of JSON, merges or the like.</summary>
    public const int Longest = 1 << 28;

    /// <summary>Opens a file that others may read, replace or remove meanwhile.</summary>
    /// <exception cref="InvalidDataException">It is a pipe, a terminal or the like.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static SafeFileHandle Open(string path)
    {
        if (SpecialFile.Is(path))
        {
            throw new InvalidDataException(
                $"{path}: it must be a regular file, not a pipe, a terminal or the like; write it "
                + "to a file first.");
        }

        return File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
    }

    /// <summary>Reads a file as long as it is when opened; a device has no length.</summary>
    /// <param name="path">The file.</param>
    /// <param name="longest">The maximum number of bytes.</param>
    /// <inheritdoc cref="Open" path="/exception"/>
    public static byte[] ReadAllBytes(string path, long longest = Longest)
    {
        using SafeFileHandle file = Open(path);
        long length = RandomAccess.GetLength(file);
        if (length > longest)
        {
            throw new InvalidDataException(
                $"{path}: the file must have at most {longest:N0} bytes; got {length:N0}.");
        }

        var bytes = new byte[length];
        int read = SafeTensors.ReadAt(file, bytes, 0);
        return read == length ? bytes : bytes[..read];
    }
}
