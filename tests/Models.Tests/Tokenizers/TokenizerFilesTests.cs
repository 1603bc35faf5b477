using Vitrine.Models.Tokenizers;

namespace Vitrine.Models.Tests.Tokenizers;

public class TokenizerFilesTests
{
    private static readonly Tokenizer Gpt2 = Tokenizer.Gpt2();

    [Fact]
    public void SavedFilesAreThePublishedOnes()
    {
        string vocabulary = File.ReadAllText(Repository.Shared("data/gpt2/vocab.json"));
        string merges = File.ReadAllText(Repository.Shared("data/gpt2/merges.txt"));
        using var folder = new TemporaryFolder();
        Gpt2.Save(folder.Path);
        Assert.Equal(vocabulary, File.ReadAllText(folder["vocab.json"]));
        Assert.Equal(merges, File.ReadAllText(folder["merges.txt"]));
    }

    [Fact]
    public void LoadGivesBackWhatWasSaved()
    {
        using var folder = new TemporaryFolder();
        Gpt2.Save(folder.Path);
        Assert.Same(Gpt2, Tokenizer.Load(folder.Path));
    }

    [Fact]
    public void AnotherVocabularyOfTheSameKindLoads()
    {
        using var folder = new TemporaryFolder();
        Gpt2.Save(folder.Path);
        string[] merges = File.ReadAllLines(folder["merges.txt"]);
        File.WriteAllLines(folder["merges.txt"], merges[..1001]);
        IEnumerable<string> tokens = Enumerable.Range(0, 1256)
            .Select(
                id => System.Text.Json.JsonSerializer.Serialize(ByteAlphabet.Spell(Gpt2.Bytes(id)))
                    + $":{id}")
            .Append("\"<|endoftext|>\":1256");
        File.WriteAllText(folder["vocab.json"], "{" + string.Join(',', tokens) + "}");

        Tokenizer small = Tokenizer.Load(folder.Path);
        Assert.Equal(1257, small.VocabularySize);
        int[] ids = small.Encode(
            "The Congress of the United States<|endoftext|>", allowSpecial: true);
        Assert.Equal("The Congress of the United States<|endoftext|>", small.Decode(ids));
        Assert.All(ids, id => Assert.InRange(id, 0, 1256));
        Assert.False(small.Hash.SequenceEqual(Gpt2.Hash));
        using var copy = new TemporaryFolder();
        small.Save(copy.Path);
        Assert.Equal(
            File.ReadAllText(folder["merges.txt"]).ReplaceLineEndings("\n"),
            File.ReadAllText(copy["merges.txt"]));
    }

    [Theory]
    [InlineData("\\u0120t\": 256", "\\u0120t\": 5", "ids are 0")]
    [InlineData("\"!\": 0", "\"!!\": 0", "ids 0 … 255 are the 256 bytes")]
    [InlineData("\"!\": 0", "\"\": 0", "GPT-2's byte alphabet")]
    [InlineData("\"!\": 0", "\"\\ud800\": 0", "half of a surrogate pair")]
    [InlineData("\"!\": 0", "\"\\\"\": 0", "Duplicate property")]
    [InlineData("\"!\": 0", "\"!\": null", "got null for \"!\"")]
    public void AVocabularyWithoutAByteOrWithAnotherIdIsRefused(
        string good, string bad, string said)
    {
        using var folder = new TemporaryFolder();
        Gpt2.WithMerges(10).Save(folder.Path);
        string vocabulary = File.ReadAllText(folder["vocab.json"]);
        Assert.Contains(good, vocabulary);
        File.WriteAllText(folder["vocab.json"], vocabulary.Replace(good, bad));
        string message = Assert.Throws<InvalidDataException>(
            () => Tokenizer.Load(folder.Path)).Message;
        Assert.Contains("vocab.json", message);
        Assert.Contains(said, message);
    }

    [Theory]
    [InlineData("Ġ t", "Ġt")]
    [InlineData("Ġ t", "Ġt ")]
    [InlineData("h e", "h  e")]
    public void AMergeWithoutItsTwoPartsIsRefused(string good, string bad)
    {
        using var folder = new TemporaryFolder();
        Gpt2.WithMerges(10).Save(folder.Path);
        string merges = File.ReadAllText(folder["merges.txt"]);
        Assert.Contains(good, merges);
        File.WriteAllText(folder["merges.txt"], merges.Replace(good, bad));
        Assert.Contains("must join two tokens of lower ids", Assert.Throws<InvalidDataException>(
            () => Tokenizer.Load(folder.Path)).Message);
    }

    [Theory]
    [InlineData("vocab.json", "[1]", "a JSON object of tokens and ids")]
    [InlineData("vocab.json", "{\"a\":0", "it must be JSON")]
    [InlineData("vocab.json", "{\"a\":\"b\"}", "at least 257 tokens; got 1")]
    [InlineData("vocab.json", "{\"a\":0}", "at least 257 tokens; got 1")]
    [InlineData("merges.txt", "", "merges; got")]
    [InlineData("merges.txt", "#version: 0.2\na b", "50257 tokens take 50000 merges; got 1")]
    public void DamagedFilesAreRefused(string file, string content, string expected)
    {
        using var folder = new TemporaryFolder();
        Gpt2.Save(folder.Path);
        File.WriteAllText(folder[file], content);
        var failure = Assert.Throws<InvalidDataException>(() => Tokenizer.Load(folder.Path));
        Assert.Contains(expected, failure.Message);
        Assert.Contains(file, failure.Message);
    }

    [Theory]
    [InlineData("vocab.json")]
    [InlineData("merges.txt")]
    public void AMissingFileIsNamedWithWhatToDo(string file)
    {
        using var folder = new TemporaryFolder();
        Assert.False(Tokenizer.IsIn(folder.Path));
        Gpt2.Save(folder.Path);
        File.Delete(folder[file]);
        Assert.True(Tokenizer.IsIn(folder.Path));
        Assert.Equal(
            $"Tokenizer: {folder[file]} is missing; a tokenizer is vocab.json and merges.txt in "
            + "one folder; copy it from the model's source.",
            Assert.Throws<FileNotFoundException>(() => Tokenizer.Load(folder.Path)).Message);
    }

    [Theory]
    [InlineData("\"!\": 0", "\"!\": 7", "each once; got 7")]
    [InlineData("\"!\": 0", "\"!\": 99999", "each once; got 99999")]
    [InlineData("\"!\": 0", "\"\\u4e00\": 0", "byte alphabet")]
    [InlineData("<|endoftext|>", "<|end|>", "the last token is <|endoftext|>; got \"<|end|>\"")]
    public void DamagedVocabularyIsRefused(string text, string changed, string expected)
    {
        using var folder = new TemporaryFolder();
        Gpt2.Save(folder.Path);
        string vocabulary = File.ReadAllText(folder["vocab.json"]);
        Assert.Contains(text, vocabulary);
        File.WriteAllText(folder["vocab.json"], vocabulary.Replace(text, changed));
        Assert.Contains(
            expected,
            Assert.Throws<InvalidDataException>(() => Tokenizer.Load(folder.Path)).Message);
    }

    [Fact]
    public void SwappedMergesAreRefused()
    {
        using var folder = new TemporaryFolder();
        Gpt2.Save(folder.Path);
        string[] merges = File.ReadAllLines(folder["merges.txt"]);
        (merges[1], merges[2]) = (merges[2], merges[1]);
        File.WriteAllLines(folder["merges.txt"], merges);
        Assert.Contains(
            "line 2 must join two tokens of lower ids into token 256",
            Assert.Throws<InvalidDataException>(() => Tokenizer.Load(folder.Path)).Message);
    }
}
