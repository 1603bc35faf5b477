namespace Vitrine.Cli.CommandLine;

/// <summary>A file that an option names, to be written.</summary>
internal static class OutputFile
{
    /// <param name="option">The option: <c>--out</c>, <c>--html</c>.</param>
    /// <param name="path">The file; folders above it are made if need be.</param>
    /// <param name="write">Writes it.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(string option, string path, Action<string> write)
    {
        if (Directory.Exists(path))
        {
            throw new IOException($"{option}: {path} is a folder; name a file.");
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            write(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"{option}: {path} cannot be written; {failure.Message} Name another file.",
                failure);
        }
    }
}
