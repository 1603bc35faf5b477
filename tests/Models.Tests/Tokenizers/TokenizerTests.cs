using FsCheck.Xunit;
using Microsoft.ML.Tokenizers;
using Vitrine.Models.Tokenizers;
using Tokenizer = Vitrine.Models.Tokenizers.Tokenizer;

namespace Vitrine.Models.Tests.Tokenizers;

public class TokenizerTests
{
    private static readonly Tokenizer Gpt2 = Tokenizer.Gpt2();
    private static readonly LongWordMerger LongWords = new(TokenTable.Gpt2(), Gpt2.EndOfText);
    private static readonly BytePairMerger ShortWords = new(TokenTable.Gpt2(), Gpt2.EndOfText);

    [Fact]
    public void VocabularyIsGpt2s()
    {
        Assert.Equal(50257, Gpt2.VocabularySize);
        Assert.Equal(50256, Gpt2.EndOfText);
        Assert.Equal("!", Gpt2.Text(0));
        Assert.Equal(" the", Gpt2.Text(262));
        Assert.Equal(" gazed", Gpt2.Text(50255));
        Assert.Equal("<|endoftext|>", Gpt2.Text(50256));
        Assert.Equal([0xE2, 0x80], Gpt2.Bytes(447).ToArray());
    }

    /// <summary>Beside another library's, which reads the files that this one saves.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(49_999)]
    public void FewerMergesGiveShorterTokens(int count)
    {
        const string Words = "Fellow-Citizens: 1,789 questions… naïve";
        Tokenizer few = Gpt2.WithMerges(count);
        Assert.Equal(257 + count, few.VocabularySize);
        Assert.Equal(256 + count, few.EndOfText);
        Assert.Equal("<|endoftext|>", few.Text(few.EndOfText));
        Assert.Equal(Words, few.Decode(few.Encode(Words)));
        using var folder = new TemporaryFolder();
        few.Save(folder.Path);
        Assert.True(few.Hash.SequenceEqual(Tokenizer.Load(folder.Path).Hash));
        BpeTokenizer other = BpeTokenizer.Create(
            new BpeOptions(folder["vocab.json"], folder["merges.txt"]) { ByteLevel = true });
        foreach (string word in Words.Split(' '))
        {
            Assert.Equal(other.EncodeToIds(word), few.Encode(word));
        }
    }

    [Fact]
    public void MoreMergesThanThereAreIsRefused()
    {
        Assert.Same(Gpt2, Gpt2.WithMerges(50_000));
        Assert.Contains(
            "0 … 50000, the number of merges; got 50001",
            Assert.Throws<ArgumentOutOfRangeException>(() => Gpt2.WithMerges(50_001)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => Gpt2.WithMerges(-1));
    }

    /// <summary>Ids published with GPT-2 and in common examples.</summary>
    [Theory]
    [InlineData("", new int[0])]
    [InlineData("Hello world", new[] { 15496, 995 })]
    [InlineData("Hello, I'm a language model,",
        new[] { 15496, 11, 314, 1101, 257, 3303, 2746, 11 })]
    [InlineData("When Mary and John went to the store, John gave a drink to",
        new[] { 2215, 5335, 290, 1757, 1816, 284, 262, 3650, 11, 1757, 2921, 257, 4144, 284 })]
    [InlineData("   \n\n  a  ", new[] { 220, 220, 220, 628, 220, 257, 220, 220 })]
    [InlineData("<|endoftext|>", new[] { 27, 91, 437, 1659, 5239, 91, 29 })]
    public void KnownTextsGetTheirIds(string text, int[] ids)
    {
        Assert.Equal(ids, Gpt2.Encode(text));
        Assert.Equal(text, Gpt2.Decode(ids));
    }

    [Fact]
    public void SpecialTokenOnlyWhenAllowed()
    {
        Assert.Equal(
            [50256, 15496, 50256, 50256, 995],
            Gpt2.Encode("<|endoftext|>Hello<|endoftext|><|endoftext|> world", allowSpecial: true));
        Assert.DoesNotContain(50256, Gpt2.Encode("a<|endoftext|>b"));
    }

    [Fact]
    public void LettersBeyondTheBasicPlaneAreLetters()
    {
        // One word in GPT-2's pattern; a UTF-16 pattern would cut it into three.
        Assert.Equal(Gpt2.Encode("a").Length + Gpt2.Encode("𝐀").Length, Gpt2.Encode("a𝐀").Length);
        Assert.Equal(4, Vitrine.Models.Tokenizers.WordSplitter.First("a𝐀b!"));
        Assert.Equal(3, Vitrine.Models.Tokenizers.WordSplitter.First(" 𝐀!"));
    }

    [Property(MaxTest = 500)]
    public void ArbitraryTextRoundTrips(string? generated)
    {
        string text = generated ?? "";
        string wellFormed = System.Text.Encoding.UTF8.GetString(
            System.Text.Encoding.UTF8.GetBytes(text));
        Assert.Equal(wellFormed, Gpt2.Decode(Gpt2.Encode(text)));
    }

    [Property(MaxTest = 300)]
    public void RunesOfAllPlanesRoundTrip(int[] values)
    {
        string text = string.Concat(values
            .Select(value => (value & 0x7FFFFFFF) % 0x110000)
            .Where(System.Text.Rune.IsValid)
            .Select(value => new System.Text.Rune(value).ToString()));
        Assert.Equal(text, Gpt2.Decode(Gpt2.Encode(text)));
    }

    [Fact]
    public void SameIdsAsTheMergesGiveWordByWord()
    {
        BpeTokenizer merges = BpeTokenizer.Create(new BpeOptions(
            Repository.Shared("data/gpt2/vocab.json"), Repository.Shared("data/gpt2/merges.txt"))
        {
            ByteLevel = true,
        });
        for (int id = 0; id < Gpt2.EndOfText; id++)
        {
            if (System.Text.Unicode.Utf8.IsValid(Gpt2.Bytes(id)))
            {
                Assert.Equal(
                    [id], merges.EncodeToIds(Gpt2.Text(id), considerPreTokenization: false));
            }
        }
    }

    [Property(MaxTest = 100)]
    public void LongWordsGetTheIdsOfShortOnes(int seed, byte alphabet)
    {
        // Words of few letters have many equal pairs, those of many letters many different ones.
        var random = new Random(seed);
        string word = string.Concat(Enumerable.Range(0, random.Next(1, 900)).Select(_ =>
            (char)('a' + random.Next(1 + (alphabet % 26)))));
        var ids = new List<int>();
        LongWords.Encode(word, ids);
        var expected = new List<int>();
        ShortWords.Encode(word, expected);
        Assert.Equal(expected, ids);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("AG")]
    [InlineData("日本")]
    [InlineData("=-")]
    public void AWordOfAMillionLettersIsEncoded(string letters)
    {
        var random = new Random(5);
        string word = string.Concat(
            Enumerable.Range(0, 1_000_000).Select(_ => letters[random.Next(letters.Length)]));
        Assert.Equal(word, Gpt2.Decode(Gpt2.Encode(word)));
    }

    [Fact]
    public void ThreadsShareOneTokenizer()
    {
        string[] texts = [.. Enumerable.Range(0, 64).Select(i =>
            string.Join(
                ' ',
                Enumerable.Range(0, 200).Select(j => $"un{i * j}word{j % 7} antidis{i}ment")))];
        int[][] alone = [.. texts.Select(text => Gpt2.Encode(text))];
        var together = new int[texts.Length][];
        Parallel.For(0, texts.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
            together[i] = Gpt2.Encode(texts[i]));
        Assert.Equal(alone, together);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(50257)]
    public void UnknownIdsAreNamed(int id)
    {
        var failure = Assert.Throws<ArgumentOutOfRangeException>(() => Gpt2.Text(id));
        Assert.Contains($"ids are 0 … 50256; got {id}", failure.Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => Gpt2.Decode(id));
    }

    [Fact]
    public void OneTokenOrSeveral()
    {
        Assert.True(Gpt2.TrySingle(" Congress", out int id));
        Assert.Equal(3162, id);
        Assert.True(Gpt2.TrySingle("<|endoftext|>", out id));
        Assert.Equal(50256, id);
        Assert.False(Gpt2.TrySingle(" Congressmen", out _));
        Assert.False(Gpt2.TrySingle("", out _));
    }

    [Theory]
    [InlineData(" Congresss", " Congress")]
    [InlineData("congress", " Congress")]
    [InlineData("  the", " the")]
    [InlineData(" governmnet", " government")]
    public void NearestTokensAreOffered(string text, string nearest)
    {
        IReadOnlyList<int> ids = Gpt2.NearestSingle(text, 5);
        Assert.Equal(5, ids.Count);
        Assert.Contains(nearest, ids.Select(Gpt2.Text));
    }

    [Fact]
    public void IdsBehindTheVocabularyAreShownAsNumbersAndNeverEncoded()
    {
        Tokenizer padded = Tokenizer.Gpt2().PaddedTo(50_304);
        Assert.Equal((50_304, 50_256), (padded.VocabularySize, padded.EndOfText));
        Assert.Equal(("#50257", "#50303"), (padded.Text(50_257), padded.Display(50_303)));
        Assert.Equal(TokenClass.SpaceOrControl, padded.Class(50_300));
        string text = "The #50257 of " + new string('7', 3000) + "<|endoftext|>";
        Assert.Equal(
            Tokenizer.Gpt2().Encode(text, allowSpecial: true),
            padded.Encode(text, allowSpecial: true));
        Assert.Same(padded, padded.PaddedTo(50_304));
        using var folder = new TemporaryFolder();
        padded.Save(folder.Path);
        Assert.Same(Tokenizer.Gpt2(), Tokenizer.Load(folder.Path));
    }
}
