using System.Text.Json.Nodes;
using Vitrine.Models.Tokenizers;

namespace Vitrine.Models.Tests.Tokenizers.Published;

/// <summary>tokenizer.model and GGUF's pieces, beside each other and by hand.</summary>
public class SentencePieceTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TextsComeBack(bool merges)
    {
        using var folder = new TemporaryFolder();
        Tokenizer tokenizer = Load(folder, Model(merges, bytes: true));
        Assert.Equal(
            new SpecialTokens(Bos: 1, Eos: 2, Unk: 0), tokenizer.Special);
        var random = new Random(2);
        for (int i = 0; i < 500; i++)
        {
            string text = GeneratedText.Next(random).Replace('▁', '_');
            int[] ids = tokenizer.Encode(text);
            Assert.Equal(text, tokenizer.Decode(ids));
            Assert.Equal(merges ? [1, .. ids] : ids, tokenizer.EncodeInput(text).Ids);
            Assert.Equal(
                " " + text,
                System.Text.Encoding.UTF8.GetString([.. ids.SelectMany(id => tokenizer.Bytes(id).ToArray())]));
        }
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void GgufGivesTheSameIds(bool merges, bool bytes)
    {
        SentencePieceModel model = Model(merges, bytes);
        using var folder = new TemporaryFolder();
        Tokenizer file = Load(folder, model);
        Tokenizer gguf = Tokenizer.FromGguf(new GgufTokenizer
        {
            Model = merges ? "llama" : "t5",
            Tokens = [.. model.Pieces.Select(piece => piece.Piece)],
            Scores = [.. model.Pieces.Select(piece => piece.Score)],
            TokenTypes = [.. model.Pieces.Select(piece => piece.Type)],
            Special = new SpecialTokens(Bos: 1, Eos: 2, Unk: 0),
        });
        var random = new Random(3);
        for (int i = 0; i < 500; i++)
        {
            string text = GeneratedText.Next(random);
            int[] ids = file.Encode(text);
            Assert.Equal(ids, gguf.Encode(text));
            Assert.Equal(merges ? [1, .. ids] : [.. ids, 2], gguf.EncodeInput(text).Ids);
        }
    }

    [Fact]
    public void SpecialTokensAreParsedAndTheFirstTextAloneGetsASpace()
    {
        using var folder = new TemporaryFolder();
        Tokenizer tokenizer = Load(folder, Model(merges: true, bytes: true));
        int[] ids = tokenizer.Encode("the</s>the", allowSpecial: true);
        Assert.Equal(["▁the", "</s>"], ids[..2].Select(tokenizer.Spelling));
        Assert.DoesNotContain(ids[2..].Select(tokenizer.Spelling), piece => piece.Contains('▁'));
        Assert.DoesNotContain(2, tokenizer.Encode("the</s>the"));
        Assert.True(tokenizer.TrySingle(" the", out int the));
        Assert.Equal("▁the", tokenizer.Spelling(the));
        Assert.Equal("thethe", tokenizer.Decode(ids, skipSpecial: true));
        Assert.Equal(1, tokenizer.EndOfText);
    }

    [Fact]
    public void WhiteSpaceIsCollapsedAndCharactersReplacedByTheLongestPrefix()
    {
        using var folder = new TemporaryFolder();
        Tokenizer tokenizer = Load(folder, Model(merges: false, bytes: true) with
        {
            Collapses = true,
            Map = CharacterMapData.Of(new Dictionary<string, string>
            {
                ["e"] = "e",
                ["e\u0301"] = "é",
                ["\u3000"] = " ",
                ["①"] = "1",
            }),
        });
        Assert.Equal(tokenizer.Encode("a é 1"), tokenizer.Encode("  a \u3000 e\u0301   ①  "));
        Assert.Equal([], tokenizer.Encode(" \u3000 "));
    }

    [Fact]
    public void SettingsBesideIt()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(
            folder["tokenizer_config.json"],
            """{"add_bos_token": false, "add_eos_token": true, "pad_token": {"content": "</s>"}, "chat_template": [{"name": "tool", "template": "x"}, {"name": "default", "template": "{{ bos_token }}"}]}""");
        Tokenizer tokenizer = Load(folder, Model(merges: true, bytes: true));
        Assert.Equal([.. tokenizer.Encode("the"), 2], tokenizer.EncodeInput("the").Ids);
        Assert.Equal(
            [.. tokenizer.Encode("the"), 2, .. tokenizer.Encode("and"), 2],
            tokenizer.EncodeInput("the", "and").Ids);
        Assert.Equal(2, tokenizer.Special.Pad);
        Assert.Equal("<s>", tokenizer.ChatTemplate!.Render([]));
        using var copy = new TemporaryFolder();
        tokenizer.Save(copy.Path);
        Assert.True(Tokenizer.Load(copy.Path).Hash.SequenceEqual(tokenizer.Hash));
        Assert.Equal(2, Tokenizer.Load(copy.Path).Special.Pad);
    }

    [Fact]
    public void DamagedModelsAreRefused()
    {
        using var folder = new TemporaryFolder();
        byte[] model = Model(merges: true, bytes: true).Bytes();
        foreach (byte[] bytes in (byte[][])[[], model[..^7], model[..100], "hello"u8.ToArray()])
        {
            File.WriteAllBytes(folder["tokenizer.model"], bytes);
            Assert.Contains("tokenizer.model", Assert.Throws<InvalidDataException>(
                () => Tokenizer.Load(folder.Path)).Message);
        }
    }

    /// <summary>A small model.</summary>
    internal static SentencePieceModel Model(bool merges, bool bytes)
    {
        List<(string, float, int)> pieces =
        [
            ("<unk>", 0, 2), ("<s>", 0, 3), ("</s>", 0, 3),
            .. (bytes ? SmallVocabularies.ByteTokens : []).Select(token => (token, 0f, 6)),
        ];
        if (merges)
        {
            (JsonObject vocabulary, JsonArray _) = SmallVocabularies.Pairs(
                [], 900, word => "▁" + word);
            pieces.AddRange(vocabulary.Select(entry => entry.Key)
                .OrderBy(piece => piece.EnumerateRunes().Count() == 1)
                .Select((piece, i) => (piece, -(float)i, 1)));
        }
        else
        {
            pieces.AddRange(SmallVocabularies.Scored([], "▁", bytes: false).Select(entry =>
                (entry![0]!.GetValue<string>(), (float)entry[1]!.GetValue<double>(), 1)));
        }

        return new SentencePieceModel
        {
            Pieces = pieces,
            Model = merges ? 2 : 1,
            Collapses = false,
        };
    }

    private static Tokenizer Load(TemporaryFolder folder, SentencePieceModel model)
    {
        File.WriteAllBytes(folder["tokenizer.model"], model.Bytes());
        return Tokenizer.Load(folder.Path);
    }
}
