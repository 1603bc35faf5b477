using Vitrine.Models.Tokenizers.Patterns;
using Vitrine.Models.Tokenizers.Pipeline;
using Vitrine.Models.Tokenizers.PreTokenizers;

namespace Vitrine.Models.Tokenizers.Files;

/// <summary>How text is cut before byte pairs are merged, by the names that GGUF files
/// give.</summary>
/// <remarks>As llama.cpp has them, each pattern on the pieces of the one before; where it adapted a
/// pattern to what C++ can match, the published one stands here.</remarks>
internal sealed record GgufPatterns(IReadOnlyList<string> Expressions)
{
    private const string Gpt2 =
        @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    private const string Contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";

    private const string Llama3 = Contractions
        + @"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
        + @"|\s+(?!\S)|\s+";

    private const string Qwen2 = Contractions
        + @"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private const string Qwen35 = Contractions + @"|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}"
        + @"| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private const string SeedCoder = Contractions
        + @"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1}| ?[^\s\p{L}\p{N}\r\n]+|\s*[\r\n]+|\s+(?!\S)|\s+";

    private const string Upper = @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*"
        + @"[\p{Ll}\p{Lm}\p{Lo}\p{M}]+";

    private const string Lower = @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+"
        + @"[\p{Ll}\p{Lm}\p{Lo}\p{M}]*";

    private const string Slashed = @"| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private const string Tekken = Upper + "|" + Lower + @"|\p{N}" + Slashed;

    private const string Gpt4O =
        Upper + Contractions + "?|" + Lower + Contractions + @"?|\p{N}{1,3}" + Slashed;

    private const string Bailing = @"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}"
        + @"| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+";

    private const string Words = @" ?[^(\s|.,!?…。，、।۔،)]+";

    private const string Jais2 = Contractions
        + @"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
        + @"|\s{512}(?!\S)|\s{256}(?!\S)|\s{128}(?!\S)|\s{64}(?!\S)|\s{32}(?!\S)|\s{16}(?!\S)"
        + @"|\s{8}(?!\S)|\s{4}(?!\S)|\s{1,2}(?!\S)|\s{1}";

    private const string AsciiPunctuation = @"[!""#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+";

    private const string DeepSeek3 = AsciiPunctuation + @"|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+"
        + @"| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    // As code points: several of these characters have twins that an editor may turn them into.
    private const string DeepSeekLetters =
        @"\s?[A-Za-z\u00B5\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u01BA\u01BC-\u01BF\u01C4-\u0293"
        + @"\u0295-\u02AF\u0370-\u0373\u0376\u0377\u037B-\u037D\u037F\u0386\u0388-\u038A\u038C"
        + @"\u038E-\u03A1\u03A3-\u03F5\u03F7-\u0481\u048A-\u052F\u0531-\u0556\u10A0-\u10C5"
        + @"\u13A0-\u13F5\u13F8-\u13FD\u1C90-\u1CBA\u1CBD-\u1CBF\u1D00-\u1D2B\u1D6B-\u1D77"
        + @"\u1D79-\u1D9A\u1E00-\u1F15\u1F18-\u1F1D\u1F20-\u1F45\u1F48-\u1F4D\u1F50-\u1F57\u1F59"
        + @"\u1F5B\u1F5D\u1F5F-\u1F7D\u1F80-\u1FB4\u1FB6-\u1FBC\u1FBE\u1FC2-\u1FC4\u1FC6-\u1FCC"
        + @"\u1FD0-\u1FD3\u1FD6-\u1FDB\u1FE0-\u1FEC\u1FF2-\u1FF4\u1FF6-\u1FFC\u2102\u2107"
        + @"\u210A-\u2113\u2115\u2119-\u211D\u2124\u2126\u2128\u212A-\u212D\u212F-\u2134\u2139"
        + @"\u213C-\u213F\u2145-\u2149\u214E\u2183\u2184\u2C00-\u2C7B\u2C7E-\u2CE4\u2CEB-\u2CEE"
        + @"\u2CF2\u2CF3\uA640-\uA66D\uA680-\uA69B\uA722-\uA76F\uA771-\uA787\uA78B-\uA78E"
        + @"\uAB70-\uABBF\uFB00-\uFB06\uFB13-\uFB17\uFF21-\uFF3A\uFF41-\uFF5A"
        + @"\x{10400}-\x{1044F}\x{104B0}-\x{104D3}\x{104D8}-\x{104FB}\x{10C80}-\x{10CB2}"
        + @"\x{10CC0}-\x{10CF2}\x{118A0}-\x{118DF}\x{1E900}-\x{1E943}]+";

    private static readonly (string Names, string[] Expressions)[] All =
    [
        ("gpt-2 gpt2 phi-2 jina-es jina-de jina-v2-es jina-v2-de jina-v2-code jina-v1-en "
            + "roberta-bpe gigachat a.x-4.0 mellum modern-bert mpt olmo jais trillion granite-docling exaone4",
            [Gpt2]),
        ("llama-bpe llama3 llama-v3 falcon3 falcon-h1 pixtral midm-2.0 lfm2 jina-v5-nano dbrx "
            + "smaug-bpe chatglm-bpe glm4", [Llama3]),
        ("qwen2 deepseek-r1-qwen kormo f2llmv2 stablelm2 megrez hunyuan solar-open grok-2",
            [Qwen2]),
        ("qwen35", [Qwen35]),
        ("smollm starcoder refact command-r codeshell exaone minerva-7b mellum2",
            [@"\p{N}", Gpt2]),
        ("deepseek-llm",
        [
            @"[\r\n]", DeepSeekLetters, @"\s?[!-/:-~！-／：-～‘-‟　-。]+", @"\s+$",
            "[一-龥ࠀ-一가-퟿]+", @"\p{N}+",
        ]),
        ("deepseek-coder",
            [@"[\r\n]", @"\s?\p{L}+", @"\s?\p{P}+", "[一-龥ࠀ-一가-퟿]+", @"\p{N}"]),
        ("deepseek-v3 hunyuan-dense joyai-llm hy_v4",
            [@"\p{N}{1,3}", "[一-龥぀-ゟ゠-ヿ]+", DeepSeek3]),
        ("falcon", [@"[\p{P}\$\+<=>\^~\|`]+", Gpt2, "[0-9][0-9][0-9]"]),
        ("default", [@"[\p{P}\$\+<=>\^~\|]+", Gpt2, @"\p{N}+", "[0-9][0-9][0-9]"]),
        ("tekken", [Tekken]),
        ("gpt-4o llama4 kanana2 talkie minimax-m2", [Gpt4O]),
        ("tiny_aya cohere2moe", [@"\d{1,3}(?=(?:\d{3})*\b)", Gpt4O]),
        ("poro-chat bloom gpt3-finnish", [Words]),
        ("viking", [Words, @"\p{N}"]),
        ("bailingmoe bailingmoe2 llada-moe", [Bailing]),
        ("seed-coder", [SeedCoder]),
        ("jais-2", [Jais2]),
        ("superbpe", [@"\p{N}+", @"(?=(\d{3})+(?!\d))"]),
    ];

    private static readonly HashSet<string> WholeTokens =
    [
        "llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2",
        "jina-v5-nano", "tekken",
    ];

    /// <summary>Whether a piece that is a token is not merged.</summary>
    public bool IgnoresMerges { get; private init; }

    /// <summary>Whether a text usually begins with the token for that.</summary>
    public bool BeginsTexts { get; private init; }

    /// <summary>The patterns of a name.</summary>
    /// <exception cref="InvalidDataException">The name is not known.</exception>
    public static GgufPatterns Of(string name)
    {
        foreach ((string names, string[] expressions) in All)
        {
            if (names.Split(' ').Contains(name))
            {
                return new GgufPatterns(expressions)
                {
                    IgnoresMerges = WholeTokens.Contains(name),
                    BeginsTexts = WholeTokens.Contains(name),
                };
            }
        }

        throw new InvalidDataException(
            "tokenizer.ggml.pre must be one of "
            + string.Join(", ", All.SelectMany(row => row.Names.Split(' ')))
            + $"; got \"{PrintableText.Value(name)}\".");
    }

    /// <summary>What cuts text so.</summary>
    public IPreTokenizer PreTokenizer() => new PreTokenizerSequence(
    [
        .. Expressions.Select(expression => expression == Gpt2
            ? GptWords.Instance
            : (IPreTokenizer)new Split(
                new RegularPattern(new CodePointPattern(expression)), SplitBehavior.Isolated)),
        new ByteLevel(AddsPrefixSpace: false, CutsWords: false),
    ]);

    /// <summary>GPT-2's pattern by hand, which is faster.</summary>
    private sealed class GptWords : IPreTokenizer
    {
        public static GptWords Instance { get; } = new();

        void IPreTokenizer.Split(Piece piece, List<Piece> pieces)
        {
            for (int at = 0; at < piece.Text.Length;)
            {
                int end = at + WordSplitter.First(piece.Text.Span[at..]);
                pieces.Add(piece.Slice(at, end));
                at = end;
            }
        }
    }
}
