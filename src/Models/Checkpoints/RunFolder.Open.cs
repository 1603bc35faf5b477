using System.Globalization;
using Vitrine.Models.Tokenizers;

namespace Vitrine.Models.Checkpoints;

/// <content>How runs are started, resumed and opened.</content>
public sealed partial class RunFolder
{
    private const string LockFile = ".lock";

    private static readonly string[] Files =
    [
        ConfigFile, ModelFile, TrainingFile, MetricsFile, CardFile, NotesFile, SummaryFile,
        ReportFile, ZeroLayerFile, OtherSeedsFile,
        .. Tokenizer.FileNames,
    ];

    private static readonly string[] Outcomes =
        [ModelFile, TrainingFile, CardFile, SummaryFile, ReportFile];

    /// <summary>Whether it holds nothing trained: it was stopped before its first save, so starting
    /// again loses nothing.</summary>
    public bool IsUntrained =>
        !Outcomes.Any(file => File.Exists(this[file]))
        && Checkpoints.All(checkpoint => checkpoint.Step == 0);

    /// <summary>Starts a run in a folder that does not exist or is empty.</summary>
    /// <param name="path">The folder; created if needed, with those above it.</param>
    /// <param name="overwrite">Whether to remove an existing run: only its own files.</param>
    /// <exception cref="IOException">The folder holds a run, or files that are not a run; another
    /// process is using it; or it cannot be made or written.</exception>
    public static RunFolder Create(string path, bool overwrite = false)
    {
        // Before the lock, whose file marks a run; and behind it: another may have been quicker.
        CheckReplaceable(path);
        RunFolder run = Lock(path, create: true);
        try
        {
            if (CheckReplaceable(path) && !overwrite)
            {
                throw new IOException(
                    $"Run: {path} holds another run; continue it (`resume`), replace it "
                    + "(`overwrite`), or choose another `out`.");
            }

            run.Clear();
            return run;
        }
        catch
        {
            run.Dispose();
            throw;
        }
    }

    /// <summary>Starts a run in <paramref name="path"/> or, if that is taken, in the first free one
    /// of <c>path-2</c>, <c>path-3</c>, …</summary>
    /// <exception cref="IOException">The folder cannot be made or written.</exception>
    public static RunFolder CreateNext(string path)
    {
        while (true)
        {
            try
            {
                return Create(NextFree(path));
            }
            catch (IOException failure) when (
                failure.InnerException is { } cause && IsSharingViolation(cause))
            {
                // Another process took the name at the same moment; its lock makes it taken.
            }
        }
    }

    /// <summary>The first of <paramref name="path"/>, <c>path-2</c>, <c>path-3</c>, … that does not
    /// exist or is an empty folder.</summary>
    public static string NextFree(string path)
    {
        string trimmed = System.IO.Path.TrimEndingDirectorySeparator(path);
        for (int number = 1; ; number++)
        {
            string candidate = number == 1
                ? trimmed : trimmed + "-" + number.ToString(CultureInfo.InvariantCulture);
            if (!System.IO.Path.Exists(candidate) || IsEmptyFolder(candidate))
            {
                return candidate;
            }
        }
    }

    /// <summary>Opens a run to continue it, or to start it again if it
    /// <see cref="IsUntrained"/>.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">It holds no run.</exception>
    /// <exception cref="IOException">Another process is using it, or it is not
    /// writable.</exception>
    public static RunFolder Resume(string path)
    {
        CheckIsRun(path, ConfigFile, NotesFile);
        RunFolder run = Lock(path, create: false);
        run.RemoveStale();
        if (run.IsUntrained)
        {
            File.Delete(run[MetricsFile]);
        }

        return run;
    }

    /// <summary>Opens a run, or any folder with a config and weights, for reading.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">It holds no run.</exception>
    public static RunFolder Open(string path)
    {
        CheckIsRun(path, ConfigFile);
        return new RunFolder(path, null);
    }

    private static void CheckIsRun(string path, params ReadOnlySpan<string> anyOf)
    {
        if (File.Exists(path))
        {
            throw new DirectoryNotFoundException(
                $"Run: a run is a folder; {path} is a file; give its folder.");
        }

        if (!Directory.Exists(path))
        {
            throw new DirectoryNotFoundException(
                $"Run: the folder {path} does not exist; check the path.");
        }

        foreach (string file in anyOf)
        {
            if (File.Exists(System.IO.Path.Combine(path, file)))
            {
                return;
            }
        }

        throw new InvalidDataException(
            $"Run: {path} holds no run: it has no {ConfigFile}; check the path.");
    }

    private static RunFolder Lock(string path, bool create)
    {
        if (File.Exists(path))
        {
            throw new IOException(
                $"Run: a run is a folder; {path} is a file; choose another `out`.");
        }

        try
        {
            if (create)
            {
                Directory.CreateDirectory(path);
            }

            // The operating system lets go of the lock when the process ends, however it ends. The
            // file stays: deleting it could take the lock from under a third process.
            string file = System.IO.Path.Combine(path, LockFile);
            return new RunFolder(
                path,
                new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (Exception failure) when (IsSharingViolation(failure))
        {
            throw new IOException(
                $"Run: only one process can use a run at a time; another is using {path}; wait for "
                + "it, or choose another `out`.",
                failure);
        }
        catch (Exception failure) when (failure is UnauthorizedAccessException or IOException)
        {
            throw new IOException(
                $"Run: {path} is not writable; {failure.Message} Choose another `out`.", failure);
        }
    }

    /// <summary>Whether opening failed because someone else has the file open.</summary>
    private static bool IsSharingViolation(Exception failure)
    {
        const int WindowsSharingViolation = unchecked((int)0x80070020);
        const int LinuxWouldBlock = 11;
        const int MacWouldBlock = 35;
        return failure is IOException
            && failure.HResult == (OperatingSystem.IsWindows() ? WindowsSharingViolation
                : OperatingSystem.IsLinux() ? LinuxWouldBlock : MacWouldBlock);
    }

    private static bool IsEmptyFolder(string path) =>
        Directory.Exists(path) && !Directory.EnumerateFileSystemEntries(path).Any();

    private static string Some(string[] names) =>
        string.Join(", ", names.Order().Take(3))
        + (names.Length > 3 ? $" and {names.Length - 3} more" : "");

    /// <summary>Whether a folder holds a run that would be lost; throws if it holds what a run must
    /// not replace, such as a model from elsewhere, which has a config but never had a
    /// lock.</summary>
    private static bool CheckReplaceable(string path)
    {
        if (!Directory.Exists(path))
        {
            return false;
        }

        string[] found = [.. Directory.EnumerateFileSystemEntries(path)
            .Select(entry => System.IO.Path.GetFileName(entry))
            .Where(name => !AtomicFile.IsTemporary(name))];
        bool wasLocked = found.Contains(LockFile);
        if (found.Length == 0 || (wasLocked && found.Length == 1))
        {
            return false;
        }

        return wasLocked && (found.Contains(ConfigFile) || found.Contains(NotesFile))
            ? !new RunFolder(path, null).IsUntrained
            : throw new IOException(
                $"Run: {path} must be new or empty; it holds {Some(found)}, which is not a Vitrine "
                + "run; choose another `out`.");
    }

    private void RemoveStale()
    {
        AtomicFile.RemoveStale(Path);
        AtomicFile.RemoveStale(this[CheckpointsFolder]);
    }

    /// <summary>Removes the run's own files; the config last, so that a crash leaves what is still
    /// recognised as a run.</summary>
    private void Clear()
    {
        RemoveStale();
        RemoveCheckpointsAfter(-1);
        if (IsEmptyFolder(this[CheckpointsFolder]))
        {
            Directory.Delete(this[CheckpointsFolder]);
        }

        foreach (string file in Files.Reverse())
        {
            File.Delete(this[file]);
        }
    }
}
