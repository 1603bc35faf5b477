using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Vitrine.Models.Checkpoints;

/// <summary>A path that is not a file: a pipe, a device, a terminal, a socket.</summary>
internal static partial class SpecialFile
{
    /// <summary>Whether something other than a file or a folder has this path, links
    /// followed.</summary>
    public static bool Is(string path) => !OperatingSystem.IsWindows()
        && (OperatingSystem.IsLinux() ? IsByType(path) : IsByPlaceOrKind(path));

    private static unsafe bool IsByType(string path)
    {
        const int CurrentFolder = -100;
        const uint TypeWanted = 1;
        const int ModeAt = 28;
        const int TypeOf = 0xF000;
        const int Regular = 0x8000;
        const int Folder = 0x4000;
        byte* status = stackalloc byte[256];
        return Status(CurrentFolder, path, flags: 0, TypeWanted, status) == 0
            && (*(ushort*)(status + ModeAt) & TypeOf) is not (Regular or Folder);
    }

    // Without Linux' call: devices lie in /dev, and what cannot be sought in is a pipe or the like.
    private static bool IsByPlaceOrKind(string path)
    {
        if (path.StartsWith("/dev/", StringComparison.Ordinal))
        {
            return Path.Exists(path);
        }

        // Opening a pipe waits for its writer unless it is told not to.
        const int WithoutWaiting = 0x4;
        int descriptor = OpenReadOnly(path, WithoutWaiting);
        if (descriptor < 0)
        {
            return false;
        }

        using var probe = new SafeFileHandle(descriptor, ownsHandle: true);
        try
        {
            RandomAccess.GetLength(probe);
            return false;
        }
        catch (NotSupportedException)
        {
            return true;
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenReadOnly(string path, int flags);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Status(
        int folder, string path, int flags, uint mask, byte* status);
}
