using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Vitrine.Models.Checkpoints;

/// <summary>Opens files to read: regular ones, since a pipe would wait for its writer and a device
/// never ends, up to a size that is said.</summary>
internal static partial class InputFile
{
    /// <summary>The most that a file of JSON, merges or the like may hold.</summary>
    public const int Longest = 1 << 28;

    /// <summary>Opens a file that others may read, replace or remove meanwhile.</summary>
    /// <exception cref="InvalidDataException">It is a pipe, a terminal or the like.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static SafeFileHandle Open(string path)
    {
        RequireRegular(path);
        return File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
    }

    /// <summary>Reads a file as long as it is when opened; a device has no length.</summary>
    /// <param name="path">The file.</param>
    /// <param name="longest">The most bytes that it may have.</param>
    /// <inheritdoc cref="Open" path="/exception"/>
    public static byte[] ReadAllBytes(string path, long longest = Longest)
    {
        using SafeFileHandle file = Open(path);
        long length = RandomAccess.GetLength(file);
        if (length > longest)
        {
            throw new InvalidDataException(
                $"{path}: it must have at most {longest:N0} bytes; got {length:N0}.");
        }

        var bytes = new byte[length];
        int read = SafeTensors.ReadAt(file, bytes, 0);
        return read == length ? bytes : bytes[..read];
    }

    private static void RequireRegular(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        // Opening a pipe waits for its writer unless it is told not to. What cannot be opened is
        // left to the caller's own attempt, whose error says why.
        int withoutWaiting = OperatingSystem.IsMacOS() ? 0x4 : 0x800;
        int descriptor = OpenReadOnly(path, withoutWaiting);
        if (descriptor < 0)
        {
            return;
        }

        using var probe = new SafeFileHandle(descriptor, ownsHandle: true);
        try
        {
            RandomAccess.GetLength(probe);
        }
        catch (NotSupportedException)
        {
            throw new InvalidDataException(
                $"{path}: it must be a regular file; it is a pipe, a terminal or the like; write "
                + "it to a file first.");
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenReadOnly(string path, int flags);
}
