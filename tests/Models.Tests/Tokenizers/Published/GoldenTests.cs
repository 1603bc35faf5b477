using System.Text.Json;
using Vitrine.Models.Tokenizers;

namespace Vitrine.Models.Tests.Tokenizers.Published;

/// <summary>The stored ids of two published models.</summary>
public class GoldenTests
{
    private const string Gguf =
        "data/models/smollm2-135m-instruct-q4_1/SmolLM2-135M-Instruct.Q4_1.gguf";

    private const string MiniLm = "data/models/all-minilm-l6-v2";

    private static readonly Lazy<Tokenizer> SmolLm = new(
        () => Tokenizer.FromGguf(GgufMetadata.Read(Repository.Shared(Gguf))));

    [Fact]
    public void SmolLm2FromGguf() => Check(SmolLm.Value);

    [Fact]
    public void SmolLm2SavedAndLoaded()
    {
        using var folder = new TemporaryFolder();
        SmolLm.Value.Save(folder.Path);
        Assert.True(Tokenizer.IsIn(folder.Path));
        Tokenizer loaded = Tokenizer.Load(folder.Path);
        Assert.True(loaded.Hash.SequenceEqual(SmolLm.Value.Hash));
        Assert.Equal(SmolLm.Value.Special, loaded.Special);
        Check(loaded);
    }

    [Fact]
    public void SmolLm2sRoles()
    {
        Tokenizer tokenizer = SmolLm.Value;
        Assert.Equal(49_152, tokenizer.VocabularySize);
        Assert.Equal((1, 2), (tokenizer.Special.Bos, tokenizer.Special.Eos));
        Assert.Equal(0, tokenizer.EndOfText);
        Assert.True(tokenizer.IsSpecial(2));
        Assert.Equal(" the", tokenizer.Text(tokenizer.Encode(" the")[0]));
        Assert.Equal(" Mary", tokenizer.Display(Single(tokenizer, " Mary")).Replace('·', ' '));
        Assert.Equal([], tokenizer.EncodeInput("").Ids);
        Assert.False(SmolLm.Value.Hash.SequenceEqual(Tokenizer.Gpt2().Hash));
    }

    [Theory]
    [InlineData("")]
    [InlineData("tokenizer.json")]
    [InlineData("vocab.txt")]
    public void MiniLmFromItsFiles(string file)
    {
        Tokenizer tokenizer = Tokenizer.Load(
            Path.Combine(Repository.Shared(MiniLm), file));
        CheckMiniLm(tokenizer);
        Assert.Equal(
            new SpecialTokens(Pad: 0, Unk: 100, Mask: 103, Cls: 101, Sep: 102), tokenizer.Special);
        Assert.Equal(101, tokenizer.EndOfText);
        Assert.Null(tokenizer.ChatTemplate);
    }

    /// <summary>GGUF marks the tokens that begin a word, and not those that do not.</summary>
    [Fact]
    public void MiniLmFromGguf()
    {
        string[] tokens = File.ReadAllLines(
            Path.Combine(Repository.Shared(MiniLm), "vocab.txt"));
        CheckMiniLm(Tokenizer.FromGguf(new GgufTokenizer
        {
            Model = "bert",
            Tokens =
            [
                .. tokens.Select(token => token.StartsWith('[') && token.EndsWith(']')
                        && token.Length > 2 ? token
                    : token.StartsWith("##", StringComparison.Ordinal) ? token[2..] : "▁" + token),
            ],
        }));
    }

    private static void CheckMiniLm(Tokenizer tokenizer)
    {
        using JsonDocument goldens = Read("goldens/real/minilm-tokenizer.json");
        foreach (JsonElement golden in goldens.RootElement.EnumerateArray())
        {
            JsonElement text = golden.GetProperty("text");
            bool isPair = text.ValueKind == JsonValueKind.Array;
            EncodedInput input = tokenizer.EncodeInput(
                (isPair ? text[0] : text).GetString()!, isPair ? text[1].GetString() : null,
                allowSpecial: true);
            Assert.Equal(Ids(golden, "ids"), input.Ids);
            Assert.Equal(Ids(golden, "type_ids"), input.TypeIds);
            Assert.Equal(
                golden.GetProperty("tokens").EnumerateArray().Select(token => token.GetString()),
                input.Ids.Select(tokenizer.Spelling));
            Assert.Equal(
                golden.GetProperty("decoded").GetString(),
                tokenizer.Decode(input.Ids, skipSpecial: true));
        }
    }

    private static void Check(Tokenizer tokenizer)
    {
        using JsonDocument goldens = Read("goldens/real/smollm2-tokenizer.json");
        foreach (JsonElement golden in goldens.RootElement.EnumerateArray())
        {
            string text = golden.GetProperty("text").GetString()!;
            int[] ids = Ids(golden, "ids");
            Assert.Equal(ids, tokenizer.Encode(text, allowSpecial: true));
            Assert.Equal(ids, tokenizer.EncodeInput(text, allowSpecial: true).Ids);
            Assert.Equal(golden.GetProperty("decoded").GetString(), tokenizer.Decode(ids));
            Assert.Equal(
                golden.GetProperty("tokens").EnumerateArray().Select(token => token.GetString()),
                ids.Select(tokenizer.Spelling));
            if (golden.TryGetProperty("ids_when_special_is_text", out _))
            {
                Assert.Equal(Ids(golden, "ids_when_special_is_text"), tokenizer.Encode(text));
            }
            else
            {
                Assert.Equal(ids, tokenizer.Encode(text));
            }
        }
    }

    private static int Single(Tokenizer tokenizer, string text)
    {
        Assert.True(tokenizer.TrySingle(text, out int id), text);
        return id;
    }

    private static int[] Ids(JsonElement golden, string name) =>
        [.. golden.GetProperty(name).EnumerateArray().Select(id => id.GetInt32())];

    private static JsonDocument Read(string path) =>
        JsonDocument.Parse(File.ReadAllText(Repository.Shared(path)));
}
