using System.Text;
using Google.Protobuf;
using Vitrine.Models.Tokenizers;

namespace Vitrine.Fuzz;

/// <summary>The files of published tokenizers, one folder for each kind.</summary>
internal static class PublishedTokenizers
{
    private const string Sample =
        "A nation's people, 漢字 \U0001F468\u200D\U0001F469 and \u001b.\n\n  The 1234 <s>nations</s> [SEP] é①";

    private const string ByteLevel =
        """
        {"version": "1.0", "added_tokens": [
           {"id": 7, "content": "<s>", "single_word": false, "lstrip": true, "rstrip": true,
            "normalized": false, "special": true},
           {"id": 8, "content": "na", "single_word": true, "normalized": true, "special": false}],
         "normalizer": {"type": "Sequence", "normalizers": [{"type": "NFKC"}, {"type": "Lowercase"},
           {"type": "Replace", "pattern": {"Regex": "\\s{2,3}"}, "content": " "},
           {"type": "Strip", "strip_left": true, "strip_right": false}]},
         "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
           {"type": "Digits", "individual_digits": true},
           {"type": "Split", "pattern": {"Regex": "(?i:'s|'t)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}]+[\\r\\n]*|\\s+(?!\\S)|(?<=a)b|[a-z&&[^b]]++|\\s+"},
            "behavior": "Isolated", "invert": false},
           {"type": "ByteLevel", "add_prefix_space": false, "use_regex": true}]},
         "post_processor": {"type": "TemplateProcessing",
           "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
           "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
           "special_tokens": {"<s>": {"id": "<s>", "ids": [7], "tokens": ["<s>"]}}},
         "decoder": {"type": "ByteLevel"},
         "model": {"type": "BPE", "dropout": null, "unk_token": "n", "fuse_unk": true,
           "byte_fallback": false, "ignore_merges": true,
           "vocab": {"a": 0, "n": 1, "t": 2, "i": 3, "at": 4, "ati": 5, "Ġ": 6},
           "merges": ["a t", ["at", "i"]]}}
        """;

    private const string Unigram =
        """
        {"added_tokens": [{"id": 0, "content": "<unk>", "special": true}],
         "normalizer": {"type": "Precompiled", "precompiled_charsmap": "DAAAAAEAAAAABAAAAAAAgGEA"},
         "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": true},
         "decoder": {"type": "Sequence", "decoders": [{"type": "ByteFallback"}, {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first"},
           {"type": "Strip", "content": " ", "start": 1, "stop": 1}, {"type": "Replace", "pattern": {"String": "a"}, "content": "b"}]},
         "model": {"type": "Unigram", "unk_id": 0, "byte_fallback": true,
           "vocab": [["<unk>", 0], ["▁", -2.5], ["na", -3.25], ["tion", -4], ["<0x0A>", -1e-3]]}}
        """;

    private const string WordPiece =
        """
        {"added_tokens": [{"id": 1, "content": "[SEP]", "special": true}],
         "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": null, "lowercase": true},
         "pre_tokenizer": {"type": "BertPreTokenizer"},
         "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 1], "cls": ["[UNK]", 0]},
         "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true},
         "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100,
           "vocab": {"[UNK]": 0, "[SEP]": 1, "a": 2, "na": 3, "##tion": 4}}}
        """;

    private const string Config =
        """
        {"bos_token": "<s>", "eos_token": {"content": "<s>"}, "add_bos_token": true, "do_lower_case": true,
         "chat_template": "{% for m in messages %}{% if loop.first and m['role'] != 'x' %}{{ bos_token }}{% endif %}{{- m.content[1:] | trim ~ loop.index + 2 }}{% set x = m.role.split('s')[0] %}{% else %}{{ raise_exception('no') }}{% endfor %}"}
        """;

    private const string Gguf =
        """
        {"model": "gpt2", "pre": "llama-bpe", "tokens": ["a", "n", "t", "i", "at", "<s>"],
         "tokenTypes": [1, 1, 1, 1, 1, 3], "merges": ["a t"], "special": {"bos": 5, "eos": 5},
         "addBos": true, "chatTemplate": "{{ messages[0].content }}"}
        """;

    /// <summary>Makes the files in a folder.</summary>
    public static IEnumerable<Target> In(string folder)
    {
        yield return One(folder, "byte-level", "tokenizer.json", ByteLevel, Form.Json);
        yield return One(folder, "unigram", "tokenizer.json", Unigram, Form.Json);
        yield return One(folder, "word-piece", "tokenizer.json", WordPiece, Form.Json);
        yield return One(folder, "words", "vocab.txt", "[UNK]\n[CLS]\n[SEP]\na\nna\n##tion\n", Form.Plain);
        yield return One(folder, "gguf", "tokenizer.gguf-tokenizer", Gguf, Form.Json);
        yield return One(folder, "pieces", "tokenizer.model", Pieces(), Form.Plain);
        string configured = Folder(folder, "configured");
        File.WriteAllText(Path.Combine(configured, "tokenizer.json"), ByteLevel);
        string config = Path.Combine(configured, "tokenizer_config.json");
        File.WriteAllText(config, Config, new UTF8Encoding(false));
        yield return new Target("tokenizer-config", config, Form.Json, () => Use(configured));
    }

    private static Target One(string folder, string name, string file, string text, Form form) =>
        One(folder, name, file, Encoding.UTF8.GetBytes(text), form);

    private static Target One(string folder, string name, string file, byte[] content, Form form)
    {
        string path = Path.Combine(Folder(folder, name), file);
        File.WriteAllBytes(path, content);
        return new Target($"tokenizer-{name}", path, form, () => Use(path));
    }

    private static string Folder(string folder, string name) =>
        Directory.CreateDirectory(Path.Combine(folder, $"tokenizer-{name}")).FullName;

    private static void Use(string path)
    {
        Tokenizer tokenizer = Tokenizer.Load(path);
        try
        {
            tokenizer.Decode(tokenizer.EncodeInput(Sample, allowSpecial: true).Ids);
            tokenizer.EncodeInput(Sample, Sample);
        }
        catch (InvalidOperationException)
        {
            // The vocabulary lacks the text, or the pattern takes too long: Encode says so.
        }

        tokenizer.Decode([.. Enumerable.Range(0, tokenizer.VocabularySize)], skipSpecial: true);
        tokenizer.NearestSingle("nation", 2);
        tokenizer.Classes();
        try
        {
            tokenizer.ChatTemplate?.Render([new("user", "hello"), new("assistant", " x ")]);
        }
        catch (InvalidDataException)
        {
            // The template, which is a text of its own, says what is wrong with it.
        }
    }

    private static byte[] Pieces()
    {
        (string Piece, float Score, int Type)[] pieces =
        [
            ("<unk>", 0, 2), ("<s>", 0, 3), ("</s>", 0, 3), ("<0x0A>", 0, 6), ("▁", -1, 1),
            ("n", -2, 1), ("a", -3, 1), ("na", -4, 1), ("▁na", -5, 1), ("t", -6, 4), ("i", -7, 5),
        ];
        using var file = new MemoryStream();
        var output = new CodedOutputStream(file);
        foreach ((string piece, float score, int type) in pieces)
        {
            Part(output, 1, part =>
            {
                part.WriteTag(1, WireFormat.WireType.LengthDelimited);
                part.WriteString(piece);
                part.WriteTag(2, WireFormat.WireType.Fixed32);
                part.WriteFloat(score);
                part.WriteTag(3, WireFormat.WireType.Varint);
                part.WriteEnum(type);
            });
        }

        Part(output, 2, part =>
        {
            part.WriteTag(3, WireFormat.WireType.Varint);
            part.WriteEnum(2);
        });
        Part(output, 3, part =>
        {
            part.WriteTag(2, WireFormat.WireType.LengthDelimited);
            part.WriteBytes(ByteString.CopyFrom(
                Convert.FromBase64String("DAAAAAEAAAAABAAAAAAAgGEA")));
            part.WriteTag(3, WireFormat.WireType.Varint);
            part.WriteBool(true);
        });
        output.Flush();
        return file.ToArray();
    }

    private static void Part(CodedOutputStream output, int field, Action<CodedOutputStream> write)
    {
        using var content = new MemoryStream();
        var part = new CodedOutputStream(content);
        write(part);
        part.Flush();
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(content.ToArray()));
    }
}
