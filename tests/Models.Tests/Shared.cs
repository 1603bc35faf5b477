namespace Vitrine.Models.Tests;

/// <summary>Stored data beside the repository, which a fresh clone does not have.</summary>
internal static class Shared
{
    /// <summary>The path of a file in the folder <c>shared</c> beside the repository; skips the
    /// test, by name, where it is absent.</summary>
    public static string File(string path)
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null;
            folder = folder.Parent)
        {
            if (Path.Exists(Path.Combine(folder.FullName, "Vitrine.slnx")))
            {
                string found = Path.Combine(folder.FullName, "..", "shared", path);
                Assert.SkipUnless(Path.Exists(found), $"shared/{path} is absent");
                return found;
            }
        }

        Assert.Skip($"shared/{path} is absent");
        return "";
    }
}

/// <summary>A folder that is deleted with what is in it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("vitrine-test-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
