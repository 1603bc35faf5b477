namespace Vitrine.Tests;

/// <summary>The repository that the tests were built in, and the stored data beside it.</summary>
internal static class Repository
{
    /// <summary>The folder of <c>Vitrine.slnx</c>.</summary>
    public static string Root { get; } = Find()
        ?? throw new DirectoryNotFoundException(
            $"Tests: no folder above {AppContext.BaseDirectory} holds Vitrine.slnx.");

    /// <summary>A file or folder in <c>shared</c> beside the repository, which a fresh clone does
    /// not have; of <c>goldens</c> a small part is in the repository itself,
    /// <c>tests/Stored</c>. Where it is absent the test is skipped, by name, or fails if
    /// <c>VITRINE_REQUIRE_GOLDENS</c> is 1.</summary>
    public static string Shared(string path)
    {
        string found = Path.GetFullPath(Path.Combine(Root, "..", "shared", path));
        if (!Path.Exists(found) && path.StartsWith("goldens/", StringComparison.Ordinal))
        {
            found = Path.Combine(Root, "tests", "Stored", path["goldens/".Length..]);
        }

        if (!Path.Exists(found))
        {
            string absent = $"shared/{path} is absent";
            Assert.False(
                Environment.GetEnvironmentVariable("VITRINE_REQUIRE_GOLDENS") == "1",
                $"{absent}, and VITRINE_REQUIRE_GOLDENS is 1");
            Assert.Skip(absent);
        }

        return found;
    }

    private static string? Find()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Vitrine.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder;
    }
}
