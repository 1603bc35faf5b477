using System.Text;
using Vitrine.Models.Data;

namespace Vitrine.Models.Tests.Data;

public sealed class CorpusTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AFileIsCutAtTheMarkAndTheLastTenthIsHeldOut()
    {
        string text = string.Join(
            "<|endoftext|>", Enumerable.Range(0, 5).Select(i => $"Document number {i} has words."));
        using Corpus corpus = Read("\uFEFF" + text + "<|endoftext|>\n", "a.txt");
        Assert.Equal("a.txt", corpus.Name);
        int[] all = [.. corpus.Train, .. corpus.HeldOut];
        Assert.Equal(
            "<|endoftext|>" + text.Replace("\n", ""), corpus.Tokenizer.Decode(all));
        Assert.Equal(all.Length / 10, corpus.HeldOut.Length);
        Assert.Equal(5, all.Count(id => id == 50256));

        // The fifth document lies on both sides; its second part has no mark in front.
        Assert.Equal(
            ["1", "2", "3", "4", "5", "5"], corpus.Documents.Select(document => document.Name));
        Assert.Equal(
            [false, false, false, false, false, true],
            corpus.Documents.Select(document => document.IsHeldOut));
        Assert.NotEqual(50256, corpus.HeldOut[0]);
        Assert.Equal(corpus.Train.Length - 5, corpus.TrainPairs.Count());
        Assert.Equal(corpus.HeldOut.Length - 1, corpus.HeldOutPairs.Count());
        Assert.Equal(all[^corpus.HeldOut.Length..], corpus.Tokens(corpus.Documents[^1]).ToArray());
    }

    [Theory]
    [InlineData(12, new[] { 5 })]
    [InlineData(30, new[] { 5, 17, 29 })]
    public void FromTwelveDocumentsOnEveryTwelfthIsHeldOut(int count, int[] heldOut)
    {
        using Corpus corpus = Read(Texts(count), "a.txt");
        Assert.Equal(count, corpus.Documents.Count);
        Assert.Equal(
            heldOut, corpus.HeldOutDocuments.Select(document => int.Parse(document.Name) - 1));
        foreach (Document document in corpus.Documents)
        {
            Assert.Equal(
                $"<|endoftext|>Document {int.Parse(document.Name) - 1} has some words.",
                corpus.Tokenizer.Decode(corpus.Tokens(document)));
        }
    }

    [Fact]
    public void WithElevenDocumentsTheLastTenthIsHeldOut()
    {
        using Corpus corpus = Read(Texts(11), "a.txt");
        int total = corpus.Train.Length + corpus.HeldOut.Length;
        Assert.Equal(total / 10, corpus.HeldOut.Length);
        Assert.EndsWith(" has some words.", corpus.Tokenizer.Decode(corpus.HeldOut));
        Assert.Equal("11", Assert.Single(corpus.HeldOutDocuments).Name);
    }

    [Fact]
    public void AFolderIsOneDocumentAFile()
    {
        Directory.CreateDirectory(_folder["t/sub"]);
        Directory.CreateDirectory(_folder["t/.git"]);
        for (int i = 0; i < 13; i++)
        {
            File.WriteAllText(_folder[$"t/{i:D2}.txt"], $"File {i} says <|endoftext|> as text.");
        }

        File.WriteAllText(_folder["t/sub/z.md"], "In a folder below.");
        File.WriteAllText(_folder["t/.git/config"], "hidden");
        File.WriteAllText(_folder["t/.hidden"], "hidden");
        File.WriteAllBytes(_folder["t/latin.txt"], [(byte)'a', 0xE9, (byte)'b']);
        File.WriteAllBytes(_folder["t/image.png"], [1, 0, 2]);
        File.WriteAllText(_folder["t/empty.txt"], " \n");
        using Corpus corpus = Corpus.FromText(_folder["t"], 1, null, null);
        Assert.Equal("t", corpus.Name);
        Assert.Equal(
            [.. Enumerable.Range(0, 13).Select(i => $"{i:D2}.txt"), "sub/z.md"],
            corpus.Documents.Select(document => document.Name));
        Assert.Equal("05.txt", Assert.Single(corpus.HeldOutDocuments).Name);
        Assert.Equal(
            "File 5 says <|endoftext|> as text.", corpus.Tokenizer.Decode(corpus.HeldOut[1..]));
        Assert.Equal(
            ["empty.txt: empty", "image.png: not text, since it holds a zero byte",
                "latin.txt: not UTF-8 at byte 1"],
            corpus.Skipped);
    }

    [Fact]
    public void Utf16WithoutAMarkIsRefused()
    {
        File.WriteAllBytes(_folder["wide.txt"], Encoding.Unicode.GetBytes("Plain words."));
        Assert.Contains("got one at byte 1, as in UTF-16", Refusal("wide.txt"));
    }

    [Fact]
    public void PairsNeverSpanDocuments()
    {
        using Corpus corpus = Read(
            "a b<|endoftext|>c d e<|endoftext|>f" + new string('!', 400), "a.txt");
        List<(int, int)> pairs = [.. corpus.TrainPairs];
        Assert.DoesNotContain(pairs, pair => pair.Item2 == 50256);
        Assert.Equal((50256, corpus.Tokenizer.Encode("a")[0]), pairs[0]);
        Assert.Contains((50256, corpus.Tokenizer.Encode("c")[0]), pairs);
    }

    [Fact]
    public void TheCommonestTokensAreCounted()
    {
        using Corpus corpus = Read("b a a c a b<|endoftext|>c b" + new string('!', 400), "a.txt");
        int[] Ids(params string[] tokens) =>
            [.. tokens.Select(token => corpus.Tokenizer.Encode(token)[0])];
        Assert.Equal(3, corpus.TrainCounts[Ids(" a")[0]]);
        Assert.Equal(2, corpus.TrainCounts[50256]);
        Assert.Equal(corpus.Train.Length, corpus.TrainCounts.Sum());
        int[] common = corpus.CommonTokens(100);
        Assert.DoesNotContain(50256, common);
        Assert.All(common, token => Assert.True(corpus.TrainCounts[token] > 0));
        Assert.Equal(
            common.OrderByDescending(token => corpus.TrainCounts[token]).ThenBy(token => token),
            common);
        Assert.Equal(common[..2], corpus.CommonTokens(2));
        Assert.Empty(corpus.CommonTokens(0));
    }

    [Fact]
    public void BadTextsAreNamed()
    {
        File.WriteAllBytes(
            _folder["latin.txt"], [.. Encoding.UTF8.GetBytes("caf\u00E9 "), 0xE9, 0x20]);
        Assert.Contains("byte 6 (0xE9) is not", Refusal("latin.txt"));
        File.WriteAllBytes(_folder["marked.txt"], [0xEF, 0xBB, 0xBF, (byte)'a', 0xFF]);
        Assert.Contains("byte 4 (0xFF) is not", Refusal("marked.txt"));
        File.WriteAllText(_folder["empty.txt"], "");
        Assert.Contains("it is empty", Refusal("empty.txt"));
        File.WriteAllText(_folder["blank.txt"], " \n<|endoftext|>\n");
        Assert.Contains("it is empty", Refusal("blank.txt"));
        Directory.CreateDirectory(_folder["nothing"]);
        Assert.Contains("none of its 0 files is", Refusal("nothing"));
        var missing = Assert.Throws<FileNotFoundException>(
            () => Corpus.FromText(_folder["absent.txt"]));
        Assert.Contains("absent.txt does not exist", missing.Message);
    }

    [Fact]
    public void ATextShorterThanOneContextIsRefused()
    {
        string text = string.Concat(Enumerable.Repeat(" word", 99));
        using (Corpus corpus = Read(text, "a.txt", contextLength: 89))
        {
            Assert.Equal(90, corpus.Train.Length);
        }

        File.WriteAllText(_folder["a.txt"], text);
        var failure = Assert.Throws<InvalidDataException>(
            () => Corpus.FromText(_folder["a.txt"], 90, null, null));
        Assert.Contains("at least 91 tokens to train on", failure.Message);
        Assert.Contains("got 90 and 10", failure.Message);
        File.WriteAllText(_folder["a.txt"], "Hi");
        Assert.Contains("got 2 and 0", Refusal("a.txt"));
    }

    private static string Texts(int count) => string.Join(
        "<|endoftext|>", Enumerable.Range(0, count).Select(i => $"Document {i} has some words."));

    private Corpus Read(string text, string name, int contextLength = 1)
    {
        File.WriteAllText(_folder[name], text);
        return Corpus.FromText(_folder[name], contextLength, null, null);
    }

    private string Refusal(string name) =>
        Assert.Throws<InvalidDataException>(() => Corpus.FromText(_folder[name], 1, null, null))
            .Message;
}
