using System.Runtime.CompilerServices;
using Vitrine.Models.Data;

namespace Vitrine.Models.Tests.Data;

public sealed class TokenCacheTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public TokenCacheTests() => File.WriteAllText(
        Text,
        string.Join(
            "<|endoftext|>", Enumerable.Range(0, 20).Select(i => $"Document {i} and its words.")));

    private string Text => _folder["text.txt"];

    private string Cache => _folder["cache/of/tokens"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TheSecondTimeComesFromTheFile()
    {
        using Corpus plain = Read(null);
        using Corpus first = Read(Cache);
        string file = Assert.Single(Directory.GetFiles(Cache));
        DateTime written = File.GetLastWriteTimeUtc(file);
        using Corpus second = Read(Cache);
        Assert.Equal(written, File.GetLastWriteTimeUtc(Assert.Single(Directory.GetFiles(Cache))));
        foreach (Corpus corpus in (Corpus[])[first, second])
        {
            Assert.Equal(plain.Train.ToArray(), corpus.Train.ToArray());
            Assert.Equal(plain.HeldOut.ToArray(), corpus.HeldOut.ToArray());
            Assert.Equal(plain.Documents, corpus.Documents);
        }
    }

    [Fact]
    public void AnotherTextHasAnotherFile()
    {
        Read(Cache).Dispose();
        File.AppendAllText(Text, " More.");
        Read(Cache).Dispose();
        Assert.Equal(2, Directory.GetFiles(Cache).Length);
    }

    [Fact]
    public void ABrokenFileIsMadeAnew()
    {
        Read(Cache).Dispose();
        string file = Assert.Single(Directory.GetFiles(Cache));
        byte[] good = File.ReadAllBytes(file);
        using Corpus plain = Read(null);
        List<byte[]> broken = [[], good[..50], good[..^1], [.. good, 0], new byte[good.Length]];
        for (int at = 0; at < good.Length; at += 7)
        {
            byte[] changed = [.. good];
            changed[at] ^= 0x10;
            broken.Add(changed);
        }

        foreach (byte[] content in broken)
        {
            File.WriteAllBytes(file, content);
            using Corpus corpus = Read(Cache);
            Assert.Equal(plain.Train.ToArray(), corpus.Train.ToArray());
            Assert.Equal(plain.Documents, corpus.Documents);
            Assert.Equal(good, File.ReadAllBytes(file));
        }
    }

    [Fact]
    public void WithoutAWritableFolderItWorksAll()
    {
        File.WriteAllText(_folder["file"], "");
        using Corpus plain = Read(null);
        using Corpus corpus = Read(_folder["file/cache"]);
        Assert.Equal(plain.Train.ToArray(), corpus.Train.ToArray());
    }

    [Fact]
    public void UseAfterDisposalIsAnError()
    {
        Read(Cache).Dispose();
        Corpus corpus = Read(Cache);
        corpus.Dispose();
        corpus.Dispose();
        Assert.Throws<ObjectDisposedException>(() => corpus.Train.Length);
    }

    [Fact]
    public void SpansOutliveTheReferenceThatMadeThem()
    {
        Read(Cache).Dispose();
        ReadOnlySpan<int> span = Unreferenced(this);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        using Corpus plain = Read(null);
        Assert.True(span.SequenceEqual(plain.Train));

        [MethodImpl(MethodImplOptions.NoInlining)]
        static ReadOnlySpan<int> Unreferenced(
            TokenCacheTests tests) => tests.Read(tests.Cache).Train;
    }

    private Corpus Read(string? cache) => Corpus.FromText(Text, 1, null, cache);
}
