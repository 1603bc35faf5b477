using System.Text.Json.Nodes;

namespace Vitrine.Models.Tests.Tokenizers.Published;

/// <content>How the files are put together.</content>
internal static partial class PublishedKinds
{
    private static string Gpt2Pre(bool prefix) =>
        $$"""{"type":"ByteLevel","add_prefix_space":{{(prefix ? "true" : "false")}},"trim_offsets":true,"use_regex":true}""";

    private static string Split(string pattern, string behavior = "Isolated") => new JsonObject
    {
        ["type"] = "Split",
        ["pattern"] = new JsonObject { ["Regex"] = pattern },
        ["behavior"] = behavior,
        ["invert"] = false,
    }.ToJsonString();

    private static string Cut(string pattern) => Split(pattern) + "," + Bytes;

    private static string Metaspace(string scheme, bool split) =>
        $$"""{"type":"Metaspace","replacement":"▁","prepend_scheme":"{{scheme}}","split":{{(split ? "true" : "false")}}}""";

    private static JsonObject With(JsonObject tokenizer, string field, string json)
    {
        tokenizer[field] = JsonNode.Parse(json);
        return tokenizer;
    }

    private static JsonObject Tokenizer(
        JsonObject model, string? normalizer, string? preTokenizer, string? decoder,
        IEnumerable<JsonObject> added) => new()
        {
            ["version"] = "1.0",
            ["truncation"] = null,
            ["padding"] = null,
            ["added_tokens"] = new JsonArray([.. added]),
            ["normalizer"] = normalizer is null ? null : JsonNode.Parse(normalizer),
            ["pre_tokenizer"] = preTokenizer is null ? null : JsonNode.Parse(preTokenizer),
            ["post_processor"] = null,
            ["decoder"] = decoder is null ? null : JsonNode.Parse(decoder),
            ["model"] = model,
        };

    private static JsonObject Token(
        int id, string content, bool special = true, bool normalized = false, bool word = false,
        bool left = false, bool right = false) => new()
        {
            ["id"] = id,
            ["content"] = content,
            ["single_word"] = word,
            ["lstrip"] = left,
            ["rstrip"] = right,
            ["normalized"] = normalized,
            ["special"] = special,
        };

    private static JsonObject BytePairs(
        JsonObject vocabulary, JsonArray merges, string? unknown = null, bool fuses = false,
        bool bytes = false, bool whole = false, string? prefix = null, string? suffix = null) => new()
        {
            ["type"] = "BPE",
            ["dropout"] = null,
            ["unk_token"] = unknown,
            ["continuing_subword_prefix"] = prefix,
            ["end_of_word_suffix"] = suffix,
            ["fuse_unk"] = fuses,
            ["byte_fallback"] = bytes,
            ["ignore_merges"] = whole,
            ["vocab"] = vocabulary,
            ["merges"] = merges,
        };

    private static JsonObject ByteLevel(
        string? preTokenizers, string? normalizer, string[] special, string? mask = null,
        bool asLists = false, bool whole = false)
    {
        (JsonObject vocabulary, JsonArray merges) = SmallVocabularies.Bytes(3000, asLists);
        int count = vocabulary.Count;
        IEnumerable<JsonObject> added = special.Select((token, i) => Token(count + i, token));
        if (mask is not null)
        {
            added = added.Append(Token(count + special.Length, mask, left: true));
        }

        string? pre = preTokenizers is null ? null
            : $$"""{"type":"Sequence","pretokenizers":[{{preTokenizers}}]}""";
        return Tokenizer(
            BytePairs(vocabulary, merges, whole: whole), normalizer, pre, Bytes, added);
    }

    private static JsonObject Marked(
        string? normalizer, string? preTokenizer, string decoder, bool bytes)
    {
        string[] marks = ["<unk>", "<s>", "</s>"];
        (JsonObject vocabulary, JsonArray merges) = SmallVocabularies.Pairs(
            bytes ? [.. marks, .. SmallVocabularies.ByteTokens] : marks, 900, word => "▁" + word);
        return With(
            Tokenizer(
                BytePairs(vocabulary, merges, "<unk>", fuses: bytes, bytes: bytes),
                normalizer, preTokenizer, decoder, marks.Select((token, id) => Token(id, token))),
            "post_processor",
            """
            {"type":"TemplateProcessing",
             "single":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],
             "pair":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}},
                     {"SpecialToken":{"id":"<s>","type_id":1}},{"Sequence":{"id":"B","type_id":1}}],
             "special_tokens":{"<s>":{"id":"<s>","ids":[1],"tokens":["<s>"]}}}
            """);
    }

    private static JsonObject Unigram(string? normalizer, string? preTokenizer, bool bytes)
    {
        string[] marks = ["<pad>", "</s>", "<unk>"];
        return With(
            Tokenizer(
                new JsonObject
                {
                    ["type"] = "Unigram",
                    ["unk_id"] = 2,
                    ["byte_fallback"] = bytes,
                    ["vocab"] = SmallVocabularies.Scored(marks, "▁", bytes),
                },
                normalizer, preTokenizer, Metaspace("always", true),
                marks.Select((token, id) => Token(id, token))),
            "post_processor",
            """
            {"type":"TemplateProcessing",
             "single":[{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"</s>","type_id":0}}],
             "pair":[{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"</s>","type_id":0}},
                     {"Sequence":{"id":"B","type_id":0}},{"SpecialToken":{"id":"</s>","type_id":0}}],
             "special_tokens":{"</s>":{"id":"</s>","ids":[1],"tokens":["</s>"]}}}
            """);
    }

    private static JsonObject WordPiece(string normalizer, string preTokenizer, bool lower)
    {
        string[] marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
        return With(
            Tokenizer(
                new JsonObject
                {
                    ["type"] = "WordPiece",
                    ["unk_token"] = "[UNK]",
                    ["continuing_subword_prefix"] = "##",
                    ["max_input_chars_per_word"] = 20,
                    ["vocab"] = SmallVocabularies.Parts(
                        [.. marks, .. "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~".Select(c => c.ToString())],
                        "##", lower),
                },
                normalizer, preTokenizer, """{"type":"WordPiece","prefix":"##","cleanup":true}""",
                marks.Select((token, id) => Token(id, token))),
            "post_processor",
            """{"type":"BertProcessing","sep":["[SEP]",3],"cls":["[CLS]",2]}""");
    }

    private static JsonObject WordLevel() => Tokenizer(
        new JsonObject
        {
            ["type"] = "WordLevel",
            ["unk_token"] = "[UNK]",
            ["vocab"] = SmallVocabularies.Parts(["[UNK]", ",", "."], "", lower: true),
        },
        """{"type":"Sequence","normalizers":[{"type":"Strip","strip_left":true,"strip_right":false},{"type":"Lowercase"}]}""",
        """{"type":"Sequence","pretokenizers":[{"type":"Whitespace"},{"type":"CharDelimiterSplit","delimiter":"e"},{"type":"FixedLength","length":3}]}""",
        null, [Token(0, "[UNK]")]);

    /// <summary>Every way to cut a token is a merge, as where a vocabulary of ranks was turned into
    /// merges; their order is not that of the tokens.</summary>
    private static JsonObject ManyMerges()
    {
        (JsonObject vocabulary, JsonArray _) = SmallVocabularies.Bytes(3000);
        var merges = new List<string>();
        foreach (string token in vocabulary.Select(entry => entry.Key))
        {
            for (int cut = 1; cut < token.Length; cut++)
            {
                if (vocabulary.ContainsKey(token[..cut]) && vocabulary.ContainsKey(token[cut..]))
                {
                    merges.Add($"{token[..cut]} {token[cut..]}");
                }
            }
        }

        string[] shuffled = [.. merges];
        new Random(3).Shuffle(shuffled);
        return Tokenizer(
            BytePairs(vocabulary, [.. shuffled.Select(merge => (JsonNode)merge)]), null,
            Gpt2Pre(prefix: false), Bytes, []);
    }

    private static JsonObject Clip()
    {
        (JsonObject vocabulary, JsonArray merges) = SmallVocabularies.Pairs(
            ["<unk>"], 900, word => word.ToLowerInvariant(), suffix: "</w>");
        return Tokenizer(
            BytePairs(vocabulary, merges, "<unk>", suffix: "</w>"),
            """{"type":"Sequence","normalizers":[{"type":"NFC"},{"type":"Replace","pattern":{"Regex":"\\s+"},"content":" "},{"type":"Lowercase"}]}""",
            new JsonObject
            {
                ["type"] = "Split",
                ["pattern"] = new JsonObject { ["Regex"] = ClipWords },
                ["behavior"] = "Removed",
                ["invert"] = true,
            }.ToJsonString(),
            """{"type":"BPEDecoder","suffix":"</w>"}""",
            [Token(vocabulary.Count, "<|endoftext|>")]);
    }

    private static JsonObject Prefixed()
    {
        (JsonObject vocabulary, JsonArray merges) = SmallVocabularies.Pairs(
            ["<unk>"], 900, word => word, prefix: "##");
        return Tokenizer(
            BytePairs(vocabulary, merges, "<unk>", fuses: true, prefix: "##"),
            null, """{"type":"WhitespaceSplit"}""",
            """{"type":"CTC","pad_token":"<pad>","word_delimiter_token":"##","cleanup":true}""",
            [Token(0, "<unk>")]);
    }

    private static JsonObject Added()
    {
        (JsonObject vocabulary, JsonArray merges) = SmallVocabularies.Bytes(3000);
        int id = vocabulary.Count;
        return Tokenizer(
            BytePairs(vocabulary, merges),
            """{"type":"Sequence","normalizers":[{"type":"NFKC"},{"type":"Lowercase"}]}""",
            Gpt2Pre(prefix: false), Bytes,
            [
                Token(id, "<mask>", left: true, right: true), Token(id + 1, "QQ", false, word: true),
                Token(id + 2, "XY", false, normalized: true), Token(id + 3, "XYZ", false, true, true),
                Token(id + 4, "<|im_start|>"), Token(id + 5, "<|im_start", special: false),
                Token(id + 6, "Å!", special: false, normalized: true, right: true),
                Token(id + 7, "  ", special: false), Token(id + 8, "👍", special: true),
            ]);
    }
}
