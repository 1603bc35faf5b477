using System.Text;
using System.Text.Json.Nodes;
using Vitrine.Models.Tokenizers;

namespace Vitrine.Models.Tests.Tokenizers.Published;

/// <summary>Every code point through every part that tells characters apart, beside the
/// oracle.</summary>
/// <remarks>Without <c>VITRINE_TOKENIZER_TEXTS</c> only every 61st.</remarks>
public class CodePointTests
{
    private static readonly int Step =
        Environment.GetEnvironmentVariable("VITRINE_TOKENIZER_TEXTS") is null ? 61 : 1;

    public static TheoryData<string> Normalizers =>
    [
        """{"type":"NFC"}""", """{"type":"NFD"}""", """{"type":"NFKC"}""", """{"type":"NFKD"}""",
        """{"type":"Lowercase"}""", """{"type":"StripAccents"}""", """{"type":"Nmt"}""",
        """{"type":"Strip","strip_left":true,"strip_right":true}""",
        """{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":true,"lowercase":true}""",
        """{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":false,"lowercase":false}""",
    ];

    public static TheoryData<string> PreTokenizers =>
    [
        """{"type":"Punctuation","behavior":"Isolated"}""", """{"type":"BertPreTokenizer"}""",
        """{"type":"Digits","individual_digits":true}""", """{"type":"Whitespace"}""",
        """{"type":"WhitespaceSplit"}""", """{"type":"FixedLength","length":2}""",
        .. new[]
        {
            @"\p{L}", @"\p{N}", @"\p{M}", @"\p{P}", @"\p{S}", @"\p{Z}", @"\p{Lu}", @"\p{Ll}", @"\p{Lt}",
            @"\p{Lm}", @"\p{Lo}", @"\p{Han}", @"\p{Thai}", @"\p{Hiragana}", @"\p{Katakana}", @"\p{Hangul}",
            @"\s", @"\d", @"\w", @"\S+", "(?i:s)", "(?i:k)", "(?i:[dmt]|ll|ve|re)", ".", "[^a-z]",
            @"[\p{L}&&[^a\p{Lu}]]", @"\b",
        }.Select(pattern => new JsonObject
        {
            ["type"] = "Split",
            ["pattern"] = new JsonObject { ["Regex"] = pattern },
            ["behavior"] = "Isolated",
            ["invert"] = false,
        }.ToJsonString()),
    ];

    [Theory]
    [MemberData(nameof(Normalizers))]
    public void Normalised(string normalizer) => Check(normalizer, "null", false);

    [Theory]
    [MemberData(nameof(PreTokenizers))]
    public void Cut(string preTokenizer) => Check("null", preTokenizer, true);

    [Fact]
    public void AddedTokensAmongWords()
    {
        JsonObject json = Bytes("null", "null", false);
        json["added_tokens"] = JsonNode.Parse(
            """
            [{"id":256,"content":"QQ","single_word":true,"lstrip":false,"rstrip":false,"normalized":false,"special":false},
             {"id":257,"content":"WW","single_word":false,"lstrip":true,"rstrip":true,"normalized":false,"special":false}]
            """);
        Check(json, character => $"{character}QQ WW{character}");
    }

    private static void Check(string normalizer, string preTokenizer, bool spaces) => Check(
        Bytes(normalizer, preTokenizer, spaces), character => $"a{character}a {character}");

    private static void Check(JsonObject json, Func<string, string> text)
    {
        using var folder = new TemporaryFolder();
        string path = folder["tokenizer.json"];
        File.WriteAllText(path, json.ToJsonString());
        using var oracle = new global::Tokenizers.DotNet.Tokenizer(path);
        Tokenizer mine = Tokenizer.Load(path);
        for (int value = 1; value < 0x110000; value += Step)
        {
            if (Rune.TryCreate(value, out Rune rune))
            {
                string one = text(rune.ToString());
                Assert.True(
                    oracle.Encode(one).Select(id => (int)id).SequenceEqual(mine.Encode(one, true)),
                    $"U+{value:X4}: expected {string.Join(' ', oracle.Encode(one))}; got "
                    + string.Join(' ', mine.Encode(one, true)));
            }
        }
    }

    /// <summary>A tokenizer whose tokens are bytes; a space before each piece shows where text was
    /// cut.</summary>
    private static JsonObject Bytes(string normalizer, string preTokenizer, bool spaces)
    {
        JsonObject tokenizer = PublishedKinds.Make("byte-normalizer");
        tokenizer["model"]!["merges"] = new JsonArray();
        JsonObject vocabulary = tokenizer["model"]!["vocab"]!.AsObject();
        foreach (string token in vocabulary.Where(entry => entry.Value!.GetValue<int>() > 255)
            .Select(entry => entry.Key).ToArray())
        {
            vocabulary.Remove(token);
        }

        tokenizer["normalizer"] = JsonNode.Parse(normalizer);
        JsonArray parts = preTokenizer == "null" ? [] : [JsonNode.Parse(preTokenizer)];
        parts.Add(new JsonObject
        {
            ["type"] = "ByteLevel",
            ["add_prefix_space"] = spaces,
            ["trim_offsets"] = true,
            ["use_regex"] = false,
        });
        tokenizer["pre_tokenizer"] = new JsonObject
        {
            ["type"] = "Sequence",
            ["pretokenizers"] = parts,
        };
        return tokenizer;
    }
}
