using System.Runtime.InteropServices;

namespace Vitrine.Cli.CommandLine;

/// <summary>How many files a process may have open. The runtime itself needs some dozens; below
/// that, parts of it cannot be loaded.</summary>
internal static partial class OpenFileLimit
{
    private const ulong Least = 128;

    /// <summary>Says what to do where too few are allowed; null where they suffice.</summary>
    public static string? Complaint()
    {
        if (OperatingSystem.IsWindows())
        {
            return null;
        }

        int resource = OperatingSystem.IsMacOS() ? 8 : 7;
        return GetLimit(resource, out Limit limit) == 0 && limit.Current < Least
            ? $"At least {Least} open files are required; the limit is {limit.Current}: ulimit -n "
                + $"{Least}."
            : null;
    }

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, out Limit limit);

    [StructLayout(LayoutKind.Sequential)]
    private struct Limit
    {
        public ulong Current;
        public ulong Highest;
    }
}
