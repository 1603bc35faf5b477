using System.Diagnostics;
using System.Net.Sockets;
using Vitrine.Models.Data;

namespace Vitrine.Models.Tests.Data;

/// <summary>Folders of text with links, pipes and sockets: what is read comes once, the rest is
/// named.</summary>
public class FolderLinksTests
{
    [Fact]
    public async Task WhatIsNoTextOfItsOwnIsLeftOutAndNamed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows needs a right to make links.");
        using var folder = new TemporaryFolder();
        using var elsewhere = new TemporaryFolder();
        string corpus = folder["corpus"];
        Directory.CreateDirectory(Path.Combine(corpus, "a"));
        Directory.CreateDirectory(Path.Combine(corpus, "b"));
        for (int i = 0; i < 6; i++)
        {
            File.WriteAllText(Path.Combine(corpus, "a", $"{i}.txt"), $"document {i} of them all");
        }

        File.WriteAllText(elsewhere["far.txt"], "a document from elsewhere");
        File.CreateSymbolicLink(Path.Combine(corpus, "b", "far.txt"), elsewhere["far.txt"]);
        File.CreateSymbolicLink(
            Path.Combine(corpus, "b", "double.txt"), Path.Combine(corpus, "a", "0.txt"));
        Directory.CreateSymbolicLink(Path.Combine(corpus, "self"), corpus);
        Directory.CreateSymbolicLink(
            Path.Combine(corpus, "sibling"), Path.Combine(corpus, "a"));
        File.CreateSymbolicLink(Path.Combine(corpus, "gone.txt"), Path.Combine(corpus, "nowhere"));
        File.CreateSymbolicLink(Path.Combine(corpus, "loop"), Path.Combine(corpus, "loop"));
        using var socket = new Socket(
            AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(corpus, "socket")));
        await Shell($"mkfifo '{corpus}/pipe'; printf x > \"$(printf '{corpus}/bad\\377name')\"");

        Corpus read = await Task.Run(() => Corpus.FromText(
                corpus, contextLength: 1, tokenizer: null, cacheFolder: null))
            .WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        // .NET cannot name, and so not delete, the file whose name is no UTF-8.
        await Shell($"rm -rf '{corpus}'");
        using (read)
        {
            Assert.Equal(
                ["a/0.txt", "a/1.txt", "a/2.txt", "a/3.txt", "a/4.txt", "a/5.txt", "b/far.txt"],
                read.Documents.Select(document => document.Name).Distinct());
            Assert.Equal(
                ["b/double.txt", "bad", "gone.txt", "loop", "pipe", "self", "sibling", "socket"],
                read.Skipped.Select(line => line.Split(':', '\uFFFD')[0])
                    .Order(StringComparer.Ordinal));
            Assert.Contains(read.Skipped, line => line.Contains("regular file"));
            Assert.Contains(read.Skipped, line => line.Contains("its name is not UTF-8"));
            Assert.Contains("self: a link to a folder; name that folder itself", read.Skipped);
            Assert.Contains("gone.txt: a link to nothing", read.Skipped);
            Assert.Contains(
                "b/double.txt: a link to a file that is already read", read.Skipped);
        }
    }

    private static async Task Shell(string command)
    {
        using var shell = Process.Start("sh", ["-c", command]);
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, shell.ExitCode);
    }
}
