using System.Text;
using Vitrine.Models.Tokenizers;

namespace Vitrine.Models.Tests.Tokenizers.Published;

/// <summary>What is wrong with a file is one error that names the file and the field.</summary>
public class BadTokenizerTests
{
    private const string Good =
        """
        {"version": "1.0", "truncation": null, "padding": null,
         "added_tokens": [{"id": 5, "content": "<s>", "special": true, "normalized": false}],
         "normalizer": {"type": "NFC"},
         "pre_tokenizer": {"type": "Split", "pattern": {"Regex": "\\s+"}, "behavior": "Isolated"},
         "post_processor": {"type": "TemplateProcessing",
           "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
           "special_tokens": {"<s>": {"id": "<s>", "ids": [5], "tokens": ["<s>"]}}},
         "decoder": {"type": "Fuse"},
         "model": {"type": "BPE", "unk_token": "a", "vocab": {"a": 0, "b": 1, "c": 2, "ab": 3, "abc": 4},
                   "merges": ["a b", ["ab", "c"]]}}
        """;

    [Fact]
    public void TheGoodOneLoads()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["tokenizer.json"], Good);
        Tokenizer tokenizer = Tokenizer.Load(folder.Path);
        Assert.Equal([5, 4, 1], tokenizer.EncodeInput("abcb").Ids);
        Assert.Equal("abcb", tokenizer.Decode(tokenizer.Encode("abcb")));
        Assert.Equal((6, 5), (tokenizer.VocabularySize, tokenizer.EndOfText));
        Assert.Equal("#6", tokenizer.PaddedTo(7).Text(6));
        Assert.Throws<InvalidOperationException>(() => tokenizer.WithMerges(1));
        Assert.Throws<InvalidOperationException>(() => tokenizer.EncodeInput("a", "b"));
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.Decode(6));
        using var copy = new TemporaryFolder();
        tokenizer.Save(copy.Path);
        Assert.Equal(Good, File.ReadAllText(copy["tokenizer.json"]));
    }

    [Theory]
    [InlineData("\"a\": 0", "\"a\": -1", "model.vocab: ids are 0 …")]
    [InlineData("\"a\": 0", "\"a\": 1.5", "model.vocab: ids are 0 …")]
    [InlineData("\"a\": 0", "\"a\": 2000000000", "got 2000000000 for \"a\"")]
    [InlineData("\"a\": 0", "\"a\": 99999999999999", "got 99999999999999 for \"a\"")]
    [InlineData("\"a\": 0", "\"a\": \"0\"", "model.vocab: ids are 0 …")]
    [InlineData("\"a\": 0", "\"a\": 1", "ids must differ; got 1 for \"a\" and \"b\"")]
    [InlineData("\"a\": 0", "\"b\": 0", "Duplicate property")]
    [InlineData("\"id\": 5", "\"id\": 3", "added_tokens[0].id: ids must differ; got 3 for \"ab\" and \"<s>\"")]
    [InlineData("\"id\": 5", "\"id\": -5", "added_tokens[0].id: ids are 0 …")]
    [InlineData("\"id\": 5", "\"id\": 50000", "added_tokens[0].id: ids are 0 …")]
    [InlineData("\"content\": \"<s>\"", "\"content\": \"ab\"", "\"ab\" must have one id; got 3 and 5")]
    [InlineData("\"special\": true", "\"special\": 1", "added_tokens[0].special must be true or false; got 1")]
    [InlineData("\"a b\"", "\"a x\"", "model.merges[0] must join two tokens")]
    [InlineData("\"a b\"", "\"b a\"", "model.merges[0] must join two tokens")]
    [InlineData("\"a b\"", "\"a  b\"", "model.merges[0] must be two tokens")]
    [InlineData("\"a b\"", "7", "model.merges[0] must be two tokens; got 7")]
    [InlineData("[\"ab\", \"c\"]", "[\"ab\"]", "model.merges[1] must be two tokens")]
    [InlineData("\"type\": \"NFC\"", "\"type\": \"NFX\"", "normalizer.type: a normalizer must be one of Sequence, NFC")]
    [InlineData("{\"type\": \"NFC\"}", "7", "normalizer must be an object; got 7")]
    [InlineData("\"type\": \"NFC\"", "\"kind\": \"NFC\"", "normalizer.type must be given")]
    [InlineData("\"type\": \"NFC\"", "\"type\": \"Precompiled\", \"precompiled_charsmap\": \"?\"", "precompiled_charsmap must be base64")]
    [InlineData("\"type\": \"NFC\"", "\"type\": \"Precompiled\", \"precompiled_charsmap\": \"AAAA\"", "must be the length of its trie")]
    [InlineData("\"type\": \"Split\"", "\"type\": \"Cut\"", "pre_tokenizer.type: a pre_tokenizer must be one of")]
    [InlineData("\"Isolated\"", "\"Alone\"", "pre_tokenizer.behavior must be Removed, Isolated")]
    [InlineData("\"\\\\s+\"", "\"(\"", "pre_tokenizer.pattern.Regex: the pattern \"(\": a group must end in )")]
    [InlineData("\"\\\\s+\"", "\"(?<x>a)\\\\k<x>\"", "\\k is not supported")]
    [InlineData("\"\\\\s+\"", "\"(a)\\\\1\"", "\\1 is not supported")]
    [InlineData("\"\\\\s+\"", "\"(?~a)\"", "a group may begin with")]
    [InlineData("\"\\\\s+\"", "\"(a*)*\"", "what is repeated must not match nothing")]
    [InlineData("\"\\\\s+\"", "\"a{2000}\"", "a repetition must be 0 … 1000 times")]
    [InlineData("\"\\\\s+\"", "\"(?:(?:(?:a{1000}b){1000}){1000})\"", "at most 100,000 steps")]
    [InlineData("\"\\\\s+\"", "\"(?<=a+)b\"", "must have a fixed length")]
    [InlineData("\"\\\\s+\"", "\"\\\\p{Klingon}\"", "\\p{Klingon} must be a supported property")]
    [InlineData("\"\\\\s+\"", "\"[z-a]\"", "a range must rise")]
    [InlineData("\"\\\\s+\"", "\"[a\"", "a class must end in ]")]
    [InlineData("\"Regex\"", "\"Glob\"", "pre_tokenizer.pattern.Regex must be given")]
    [InlineData("\"TemplateProcessing\"", "\"Template\"", "post_processor.type: a post_processor must be one of")]
    [InlineData("\"ids\": [5]", "\"ids\": [6]", "post_processor.special_tokens.<s>.ids: ids are 0 … 5; got 6")]
    [InlineData("\"SpecialToken\": {\"id\": \"<s>\"", "\"SpecialToken\": {\"id\": \"<e>\"", "post_processor.single[0].SpecialToken.id must be one of special_tokens")]
    [InlineData("{\"id\": \"A\"", "{\"id\": \"C\"", "post_processor.single[1].Sequence.id must be A or B")]
    [InlineData("\"type\": \"Fuse\"", "\"type\": \"Melt\"", "decoder.type: a decoder must be one of")]
    [InlineData("\"type\": \"BPE\"", "\"type\": \"RNN\"", "model.type: a model must be one of BPE, WordPiece, WordLevel, Unigram; got \"RNN\"")]
    [InlineData("\"unk_token\": \"a\"", "\"dropout\": 0.1", "model.dropout must be null")]
    [InlineData("\"unk_token\": \"a\"", "\"unk_token\": 4", "model.unk_token must be a text; got 4")]
    [InlineData("\"merges\"", "\"mergers\"", "model.merges must be given")]
    [InlineData("\"vocab\"", "\"vocabulary\"", "model.vocab must be given")]
    [InlineData("\"model\"", "\"models\"", "model must be given")]
    [InlineData("{\"version\"", "[{\"version\"", "it must be JSON")]
    public void OneErrorNamesFileAndField(string good, string bad, string said)
    {
        Assert.Contains(good, Good);
        Refused(Good.Replace(good, bad), said);
    }

    [Theory]
    [InlineData("", "it must be JSON")]
    [InlineData("[]", "it must be an object; got []")]
    [InlineData("{}", "model must be given")]
    [InlineData("{\"model\": {\"type\": \"Unigram\", \"vocab\": [[\"a\"]]}}", "model.vocab[0] must be a token and its score")]
    [InlineData("{\"model\": {\"type\": \"Unigram\", \"vocab\": [[\"a\", 1e999]]}}", "model.vocab[0] must have a finite score")]
    [InlineData("{\"model\": {\"type\": \"Unigram\", \"unk_id\": 1, \"vocab\": [[\"a\", 1]]}}", "model.unk_id must be a whole number from 0 to 0; got 1")]
    [InlineData("{\"model\": {\"type\": \"WordPiece\", \"vocab\": []}}", "model.vocab")]
    public void OtherFilesAreRefused(string json, string said)
    {
        if (json.Contains("WordPiece", StringComparison.Ordinal))
        {
            using var folder = new TemporaryFolder();
            File.WriteAllText(folder["tokenizer.json"], json);
            Assert.Contains("[UNK]", Assert.Throws<InvalidOperationException>(
                () => Tokenizer.Load(folder.Path).Encode("a")).Message);
            return;
        }

        Refused(json, said);
    }

    [Fact]
    public void TruncatedAndNestedFilesAreRefused()
    {
        for (int length = 0; length < Good.Length; length += 37)
        {
            Refused(Good[..length], "");
        }

        string deep = string.Concat(Enumerable.Repeat(
            "{\"type\": \"Sequence\", \"normalizers\": [", 1000));
        Refused(Good.Replace("{\"type\": \"NFC\"}", deep), "it must be JSON");
        string groups = string.Concat(Enumerable.Repeat("(", 1000))
            + string.Concat(Enumerable.Repeat(")", 1000));
        Refused(Good.Replace("\\\\s+", groups), "nested at most 100 deep");
    }

    [Fact]
    public void APatternThatTakesForeverIsStopped()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(
            folder["tokenizer.json"], Good.Replace("\\\\s+", "(?:a|a|aa)+(?:a|a|aa)+(?:a|aa)+c"));
        Assert.Contains("too many steps", Assert.Throws<InvalidOperationException>(
            () => Tokenizer.Load(folder.Path).Encode(new string('a', 2000))).Message);
    }

    [Theory]
    [InlineData("a")]
    [InlineData(" ")]
    [InlineData("ab")]
    public void LongTextsTakeTimeInProportion(string part)
    {
        string text = string.Concat(Enumerable.Repeat(part, 1_000_000 / part.Length));
        foreach (string kind in new[] { "llama3", "gpt-4o", "llama2", "unigram-bytes", "bert-cased" })
        {
            using var folder = new TemporaryFolder();
            File.WriteAllText(folder["tokenizer.json"], PublishedKinds.Make(kind).ToJsonString());
            Tokenizer tokenizer = Tokenizer.Load(folder.Path);
            Assert.True(tokenizer.Encode(text).Length <= 1_000_001);
        }
    }

    [Fact]
    public void GgufMetadataThatDoesNotFitIsRefused()
    {
        var good = new GgufTokenizer
        {
            Model = "gpt2",
            Pre = "gpt-2",
            Tokens = ["a", "b", "ab", "<s>"],
            TokenTypes = [1, 1, 1, 3],
            Merges = ["a b"],
            Special = new SpecialTokens(Bos: 3),
        };
        Assert.Equal([2], Tokenizer.FromGguf(good).Encode("ab"));
        Assert.Equal([3], Tokenizer.FromGguf(good).Encode("<s>", allowSpecial: true));
        Assert.Equal(
            [3, 2], Tokenizer.FromGguf(good with { AddBos = true }).EncodeInput("ab").Ids);
        (GgufTokenizer Bad, string Said)[] all =
        [
            (good with { Model = "rwkv" }, "tokenizer.ggml.model must be gpt2, llama, t5 or bert; got \"rwkv\""),
            (good with { Pre = "qwen99" }, "tokenizer.ggml.pre must be one of gpt-2, "),
            (good with { Pre = null }, "tokenizer.ggml.pre must be given"),
            (good with { Tokens = [] }, "tokenizer.ggml.tokens must be a list of tokens; got none"),
            (good with { TokenTypes = [1] }, "tokenizer.ggml.token_type must be as many as the 4 tokens; got 1"),
            (good with { TokenTypes = [1, 1, 1, 9] }, "tokenizer.ggml.token_type must be from 1 to 6; got 9"),
            (good with { Scores = [1] }, "tokenizer.ggml.scores must be as many"),
            (good with { Merges = ["a c"] }, "tokenizer.ggml.merges[0] must be two tokens that join"),
            (good with { Merges = null }, "tokenizer.ggml.merges must be given"),
            (good with { Special = new(Eos: 4) }, "tokenizer.ggml.eos_token_id must be 0 … 3; got 4"),
            (good with { Model = "llama" }, "tokenizer.ggml.scores must be given"),
            (good with { Model = "t5", Scores = [0, 0, 0, float.NaN] }, "tokenizer.ggml.scores must be finite"),
            (good with { Model = "t5", Scores = [0, 0, 0, 0], CharacterMap = new byte[3] }, "tokenizer.ggml.precompiled_charsmap"),
            (good with { Model = "bert" }, "must have [UNK], [CLS] and [SEP]"),
        ];
        foreach ((GgufTokenizer bad, string said) in all)
        {
            Assert.Contains(
                said, Assert.Throws<InvalidDataException>(() => Tokenizer.FromGguf(bad)).Message);
        }
    }

    [Theory]
    [InlineData("gpt-2")]
    [InlineData("llama-bpe")]
    [InlineData("qwen2")]
    [InlineData("smollm")]
    [InlineData("deepseek-llm")]
    [InlineData("deepseek-coder")]
    [InlineData("deepseek-v3")]
    [InlineData("falcon")]
    [InlineData("default")]
    [InlineData("tekken")]
    [InlineData("gpt-4o")]
    [InlineData("tiny_aya")]
    [InlineData("bloom")]
    [InlineData("viking")]
    [InlineData("bailingmoe")]
    [InlineData("seed-coder")]
    [InlineData("jais-2")]
    [InlineData("superbpe")]
    [InlineData("qwen35")]
    public void EveryNameOfAPreTokenizerReads(string name)
    {
        string[] bytes = [.. Enumerable.Range(0, 256).Select(value => ByteAlphabet.Spell([(byte)value]))];
        Tokenizer tokenizer = Tokenizer.FromGguf(new GgufTokenizer
        {
            Model = "gpt2",
            Pre = name,
            Tokens = bytes,
            Merges = [],
        });
        var random = new Random(1);
        for (int i = 0; i < 200; i++)
        {
            string text = GeneratedText.Next(random, wellFormed: false);
            Assert.Equal(
                Encoding.UTF8.GetBytes(text), tokenizer.Encode(text).Select(id => (byte)id));
            Assert.Equal(
                Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)),
                tokenizer.Decode(tokenizer.Encode(text)));
        }
    }

    private static void Refused(string json, string said)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["tokenizer.json"], json);
        string message = Assert.Throws<InvalidDataException>(
            () => Tokenizer.Load(folder.Path)).Message;
        Assert.Contains(folder["tokenizer.json"], message);
        Assert.Contains(said, message);
        Assert.True(message.Length < 1000, message);
    }
}
