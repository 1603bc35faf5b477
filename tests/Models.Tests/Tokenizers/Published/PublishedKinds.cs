using System.Text.Json.Nodes;

namespace Vitrine.Models.Tests.Tokenizers.Published;

/// <summary>Small tokenizer.json files of every kind that models are published with.</summary>
internal static partial class PublishedKinds
{
    private const string Gpt2Words =
        @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    private const string Llama3Words =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
        + @"|\s*[\r\n]+|\s+(?!\S)|\s+";

    private const string Qwen2Words =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
        + @"|\s*[\r\n]+|\s+(?!\S)|\s+";

    private const string Gpt4OWords =
        @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+"
        + @"(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+"
        + @"[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}"
        + @"| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private const string BailingWords =
        @"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]"
        + @"|\s+(?!\S)|\s+";

    private const string DeepSeekWords =
        @"[!""#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+"
        + @"| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private const string ClipWords =
        @"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+";

    private const string KimiWords =
        @"[\p{Han}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]*"
        + @"[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
        + @"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]+"
        + @"[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}"
        + @"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private static readonly Dictionary<string, Func<JsonObject>> Makers = new()
    {
        ["gpt2"] = () => ByteLevel(Gpt2Pre(prefix: false), null, ["<|endoftext|>"]),
        ["roberta"] = () => With(
            ByteLevel(Gpt2Pre(prefix: true), null, ["<s>", "</s>", "<unk>", "<pad>"], "<mask>"),
            "post_processor",
            """{"type":"RobertaProcessing","sep":["</s>",3257],"cls":["<s>",3256],"trim_offsets":true,"add_prefix_space":true}"""),
        ["llama3"] = () => With(
            ByteLevel(Cut(Llama3Words), null, ["<s>", "<|eot_id|>"], asLists: true, whole: true),
            "post_processor",
            """
            {"type":"Sequence","processors":[
              {"type":"ByteLevel","add_prefix_space":true,"trim_offsets":false,"use_regex":true},
              {"type":"TemplateProcessing",
               "single":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],
               "pair":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}},
                       {"SpecialToken":{"id":"<s>","type_id":1}},{"Sequence":{"id":"B","type_id":1}}],
               "special_tokens":{"<s>":{"id":"<s>","ids":[3256],"tokens":["<s>"]}}}]}
            """),
        ["qwen2"] = () => ByteLevel(
            Cut(Qwen2Words), """{"type":"NFC"}""", ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]),
        ["gpt-4o"] = () => ByteLevel(Cut(Gpt4OWords), null, ["<|endoftext|>"]),
        ["bailing"] = () => ByteLevel(Cut(BailingWords), null, []),
        ["kimi"] = () => ByteLevel(Cut(KimiWords), null, []),
        ["smollm"] = () => ByteLevel(
            """{"type":"Digits","individual_digits":true}""" + "," + Gpt2Pre(prefix: false), null,
            ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]),
        ["deepseek-v3"] = () => ByteLevel(
            Split(@"\p{N}{1,3}") + "," + Split("[一-龥\u3040-ゟ゠-ヿ]+") + "," + Cut(DeepSeekWords), null,
            ["<|endoftext|>"]),
        ["deepseek-coder"] = () => ByteLevel(
            Split(@"[\r\n]") + "," + Split(@"\s?\p{L}+") + "," + Split(@"\s?\p{P}+") + ","
            + Split("[一-龥ࠀ-一가-퟿]+") + ","
            + """{"type":"Digits","individual_digits":true}""" + "," + Bytes, null, []),
        ["falcon"] = () => ByteLevel(
            """{"type":"Punctuation","behavior":"Contiguous"}""" + "," + Gpt2Pre(prefix: false) + ","
            + """{"type":"Digits","individual_digits":false}""" + ","
            + Split("[0-9][0-9][0-9]"), null, ["<|endoftext|>"]),
        ["bloom"] = () => ByteLevel(Cut(@" ?[^(\s|[.,!?…。，、।۔،])]+"), null, ["<s>", "</s>"]),
        ["superbpe"] = () => ByteLevel(
            Split(@"\p{N}+") + "," + Cut(@"(?=(\d{3})+(?!\d))"), null, []),
        ["look-behind"] = () => ByteLevel(
            Split(@"(?<=[a-z])(?=[A-Z])|(?<!\d)\.|\b\w{2,3}?\b|^\s+|\s+$|\A.|.\z|(?:ab|a)+c?",
                "MergedWithPrevious") + "," + Bytes, """{"type":"NFKD"}""", []),
        ["byte-normalizer"] = () => With(
            ByteLevel(null, """{"type":"Sequence","normalizers":[{"type":"NFKC"},{"type":"ByteLevel"}]}""", []),
            "decoder", Bytes),
        ["llama2"] = () => Marked(
            """{"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"▁"},{"type":"Replace","pattern":{"String":" "},"content":"▁"}]}""",
            null, Llama2Decoder, bytes: true),
        ["gemma"] = () => Marked(
            """{"type":"Replace","pattern":{"String":" "},"content":"▁"}""",
            """{"type":"Split","pattern":{"String":" "},"behavior":"MergedWithPrevious","invert":false}""",
            """{"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"▁"},"content":" "},{"type":"ByteFallback"},{"type":"Fuse"}]}""",
            bytes: true),
        ["mistral"] = () => Marked(
            null, Metaspace("first", split: false), Llama2Decoder, bytes: true),
        ["no-bytes"] = () => Marked(
            """{"type":"Strip","strip_left":true,"strip_right":true}""", Metaspace("always", split: true),
            Metaspace("always", split: true), bytes: false),
        ["t5"] = () => Unigram(
            Precompiled, """{"type":"Sequence","pretokenizers":[{"type":"WhitespaceSplit"},""" + Metaspace("always", true) + "]}",
            bytes: false),
        ["xlm-roberta"] = () => Unigram(
            $$"""{"type":"Sequence","normalizers":[{{Precompiled}},{"type":"Replace","pattern":{"Regex":" {2,}"},"content":" "}]}""",
            Metaspace("first", true), bytes: false),
        ["unigram-bytes"] = () => Unigram(
            """{"type":"Sequence","normalizers":[{"type":"Nmt"},{"type":"NFKC"}]}""", Metaspace("never", true), bytes: true),
        ["albert"] = () => Unigram(
            """{"type":"Sequence","normalizers":[{"type":"Replace","pattern":{"String":"``"},"content":"\""},{"type":"NFKD"},{"type":"StripAccents"},{"type":"Lowercase"}]}""",
            Metaspace("always", true), bytes: false),
        ["bert-uncased"] = () => WordPiece(
            """{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":true}""",
            """{"type":"BertPreTokenizer"}""", lower: true),
        ["bert-cased"] = () => WordPiece(
            """{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":false,"lowercase":false}""",
            """{"type":"BertPreTokenizer"}""", lower: false),
        ["electra-punctuation"] = () => WordPiece(
            """{"type":"Sequence","normalizers":[{"type":"NFD"},{"type":"Lowercase"},{"type":"StripAccents"}]}""",
            """{"type":"Sequence","pretokenizers":[{"type":"WhitespaceSplit"},{"type":"Punctuation","behavior":"MergedWithNext"}]}""", lower: true),
        ["word-level"] = WordLevel,
        ["many-merges"] = ManyMerges,
        ["clip"] = Clip,
        ["prefixed"] = Prefixed,
        ["added"] = Added,
    };

    /// <summary>Their names.</summary>
    public static IEnumerable<string> Names => Makers.Keys;

    private const string Bytes =
        """{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":false}""";

    private const string Llama2Decoder =
        """{"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"▁"},"content":" "},{"type":"ByteFallback"},{"type":"Fuse"},{"type":"Strip","content":" ","start":1,"stop":0}]}""";

    private static string Precompiled { get; } =
        """{"type":"Precompiled","precompiled_charsmap":"MAP"}""".Replace(
            "MAP",
            Convert.ToBase64String(CharacterMapData.Of(new Dictionary<string, string>
            {
                ["ﬁ"] = "fi",
                ["①"] = "1",
                ["\u3000"] = " ",
                ["\u00A0"] = " ",
                ["\t"] = " ",
                ["\n"] = " ",
                ["e\u0301"] = "é",
                ["㎏"] = "kg",
                ["\u200B"] = "",
                ["\u00AD"] = "",
                ["İ"] = "I",
                ["𝐀"] = "A",
                ["a"] = "a",
                ["ﷺ"] = "صلى الله عليه وسلم",
            })));

    /// <summary>A tokenizer.json by its name.</summary>
    public static JsonObject Make(string name) => Makers[name]();
}
