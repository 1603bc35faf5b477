using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Vitrine.Models.Checkpoints;

/// <summary>Writes files so that a crash, at any moment, leaves the old content or the
/// new.</summary>
/// <remarks>
/// The content goes to a temporary file in the same folder, is flushed to the disk, and takes the
/// name in one step; then the folder is flushed, so that the name survives a power cut (on Windows
/// the file system sees to that). A failure removes the temporary file; a killed process leaves
/// one, named <c>NAME.PROCESS-NUMBER.tmp</c>, which the next write of the file removes. A symbolic
/// link is followed: what it points to is written. A device or a pipe is never replaced: the content
/// is written to it.
/// </remarks>
public static partial class AtomicFile
{
    private const string TemporaryExtension = ".tmp";
    private static int s_counter;

    /// <summary>The moments at which tests make a write fail.</summary>
    internal enum Moment
    {
        Written,
        Flushed,
        Renamed,
    }

    /// <summary>Called on the writing thread at each moment; its exception stands for a disk
    /// failure.</summary>
    [field: ThreadStatic]
    internal static Action<Moment, string>? Fault { get; set; }

    /// <summary>Replaces a file with the output of <paramref name="write"/>.</summary>
    /// <param name="path">The file; its folder exists.</param>
    /// <param name="write">Writes the content to a stream that can seek.</param>
    /// <exception cref="IOException">The folder is missing, the disk is full, or the like; the old
    /// content is kept.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder is not writable.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        string target = new FileInfo(path).LinkTarget is null ? Path.GetFullPath(path)
            : File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName;
        if (SpecialFile.Is(target))
        {
            // What is written may need to seek, which a pipe cannot.
            using var content = new MemoryStream();
            write(content);
            using var special = new FileStream(target, FileMode.Open, FileAccess.Write);
            content.WriteTo(special);
            return;
        }

        RemoveStaleOf(target);
        int number = Interlocked.Increment(ref s_counter);
        string temporary = $"{target}.{Environment.ProcessId}-{number}{TemporaryExtension}";
        try
        {
            using (var stream = new FileStream(
                temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16))
            {
                write(stream);
                Fault?.Invoke(Moment.Written, target);
                stream.Flush(flushToDisk: true);
            }

            Fault?.Invoke(Moment.Flushed, target);
            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            Remove(temporary);
            throw;
        }

        Fault?.Invoke(Moment.Renamed, target);
        FlushFolder(Path.GetDirectoryName(target)!);
    }

    /// <summary>Replaces a file with UTF-8 text.</summary>
    /// <inheritdoc cref="Write"/>
    public static void WriteAllText(string path, string text) =>
        Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>Removes temporary files that killed processes left in a folder.</summary>
    /// <param name="folder">The folder; nothing happens if it does not exist.</param>
    /// <param name="olderThan">Keeps younger files, which another process may be writing.</param>
    public static void RemoveStale(string folder, TimeSpan olderThan = default)
    {
        foreach (string file in Stale(folder))
        {
            if (DateTime.UtcNow - File.GetLastWriteTimeUtc(file) >= olderThan)
            {
                File.Delete(file);
            }
        }
    }

    /// <summary>Removes what killed writes of one file left. What cannot be seen or removed, in a
    /// folder of others, stays: the write itself may succeed.</summary>
    private static void RemoveStaleOf(string target)
    {
        try
        {
            foreach (string file in Stale(Path.GetDirectoryName(target)!).Where(
                file => file.StartsWith(target + ".", StringComparison.Ordinal)))
            {
                Remove(file);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A folder that may be written but not listed.
        }
    }

    private static IEnumerable<string> Stale(string folder) => Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder, "*" + TemporaryExtension)
            .Where(file => WriterOf(file) is { } process && !IsRunning(process))
        : [];

    /// <summary>Tries to delete a file; the error that matters is the one before.</summary>
    private static void Remove(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It stays, as a killed process's would, for RemoveStale.
        }
    }

    internal static bool IsTemporary(string path) => WriterOf(path) is not null;

    /// <summary>The process that a temporary file's name tells of; null for other files.</summary>
    private static int? WriterOf(string path) =>
        TemporaryName().Match(path) is { Success: true } match
        && int.TryParse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture, out int process)
            ? process : null;

    private static bool IsRunning(int process)
    {
        try
        {
            Process.GetProcessById(process).Dispose();
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"\.([0-9]+)-[0-9]+\.tmp$", RegexOptions.CultureInvariant)]
    private static partial Regex TemporaryName();

    private static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        int descriptor = OpenReadOnly(folder, flags: 0);
        if (descriptor < 0)
        {
            // A folder that may be written but not read cannot be flushed; the file itself was.
            return;
        }

        int result = Flush(descriptor);
        int error = Marshal.GetLastPInvokeError();
        _ = Close(descriptor);
        const int InvalidArgument = 22;
        if (result < 0 && error != InvalidArgument)
        {
            throw new IOException(
                $"{folder}: flushing the folder failed; {new Win32Exception(error).Message}.");
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenReadOnly(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Flush(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
