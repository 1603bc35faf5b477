using System.Diagnostics;
using Vitrine.Models.Checkpoints;

namespace Vitrine.Models.Tests.Checkpoints;

public class AtomicFileTests
{
    [Fact]
    public void WritesAndReplaces()
    {
        using var folder = new TemporaryFolder();
        AtomicFile.WriteAllText(folder["a"], "first é");
        Assert.Equal("first é", File.ReadAllText(folder["a"]));
        AtomicFile.WriteAllText(folder["a"], "second");
        Assert.Equal("second", File.ReadAllText(folder["a"]));
        Assert.Equal([folder["a"]], Directory.GetFiles(folder.Path));
    }

    [Theory]
    [InlineData(nameof(AtomicFile.Moment.Written), "old")]
    [InlineData(nameof(AtomicFile.Moment.Flushed), "old")]
    [InlineData(nameof(AtomicFile.Moment.Renamed), "new")]
    public void AFailureLeavesOldOrNew(string moment, string expected)
    {
        using var folder = new TemporaryFolder();
        AtomicFile.WriteAllText(folder["a"], "old");
        AtomicFile.Fault = (at, _) =>
        {
            if (at.ToString() == moment)
            {
                throw new IOException("the disk fails");
            }
        };
        try
        {
            Assert.Throws<IOException>(() => AtomicFile.WriteAllText(folder["a"], "new"));
        }
        finally
        {
            AtomicFile.Fault = null;
        }

        Assert.Equal(expected, File.ReadAllText(folder["a"]));
        Assert.Equal([folder["a"]], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void AFullDiskInMidWriteLeavesTheOldContent()
    {
        using var folder = new TemporaryFolder();
        AtomicFile.WriteAllText(folder["a"], "old");
        var failure = Assert.Throws<IOException>(() => AtomicFile.Write(folder["a"], stream =>
        {
            stream.Write(new byte[1000]);
            throw new IOException("No space left on device");
        }));
        Assert.Equal("No space left on device", failure.Message);
        Assert.Equal("old", File.ReadAllText(folder["a"]));
        Assert.Equal([folder["a"]], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void AMissingFolderIsNamed()
    {
        using var folder = new TemporaryFolder();
        var failure = Assert.ThrowsAny<IOException>(
            () => AtomicFile.WriteAllText(folder["no/a"], "x"));
        Assert.Contains(Path.Combine(folder.Path, "no"), failure.Message);
    }

    [Fact]
    public void A_symbolic_link_stays_and_its_target_is_written()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["far"]);
        File.CreateSymbolicLink(folder["link"], folder["far/target"]);
        File.CreateSymbolicLink(folder["link to link"], folder["link"]);
        foreach (string text in (string[])["first", "second"])
        {
            AtomicFile.WriteAllText(folder["link to link"], text);
            Assert.Equal(text, File.ReadAllText(folder["far/target"]));
            Assert.NotNull(new FileInfo(folder["link"]).LinkTarget);
            Assert.NotNull(new FileInfo(folder["link to link"]).LinkTarget);
        }
    }

    [Fact]
    public void A_pipe_is_written_to_and_stays()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Pipes with names are Linux' here.");
        using var folder = new TemporaryFolder();
        using (Process make = Process.Start("mkfifo", folder["pipe"]))
        {
            make.WaitForExit();
        }

        foreach (string text in (string[])["first", "second"])
        {
            using Process reader = Process.Start(
                new ProcessStartInfo("cat", folder["pipe"]) { RedirectStandardOutput = true })!;
            AtomicFile.WriteAllText(folder["pipe"], text);
            Assert.Equal(text, reader.StandardOutput.ReadToEnd());
        }

        Assert.Equal([folder["pipe"]], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void The_next_write_removes_what_a_killed_one_left()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["a.2000000000-4.tmp"], "old");
        File.WriteAllText(folder["ab.2000000000-4.tmp"], "another file's");
        AtomicFile.WriteAllText(folder["a"], "new");
        Assert.Equal(
            [folder["a"], folder["ab.2000000000-4.tmp"]],
            Directory.GetFiles(folder.Path).Order());
    }

    [Fact]
    public void WhatKilledProcessesLeftIsRemoved()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["a"], "kept");
        File.WriteAllText(folder["a.2000000000-4.tmp"], "old");
        AtomicFile.RemoveStale(folder.Path, TimeSpan.FromHours(1));
        Assert.Equal(2, Directory.GetFiles(folder.Path).Length);
        AtomicFile.RemoveStale(folder.Path);
        Assert.Equal([folder["a"]], Directory.GetFiles(folder.Path));
        AtomicFile.RemoveStale(folder["absent"]);
    }

    [Fact]
    public void Files_of_others_and_of_running_processes_stay()
    {
        using var folder = new TemporaryFolder();
        string[] files =
            [folder["thesis.tmp"], folder["a.b-4.tmp"], folder[$"a.{Environment.ProcessId}-4.tmp"]];
        Array.ForEach(files, file => File.WriteAllText(file, "mine"));
        AtomicFile.RemoveStale(folder.Path);
        Assert.Equal(files.Order(), Directory.GetFiles(folder.Path).Order());
    }
}
