using System.Text;
using System.Text.Json.Nodes;
using Vitrine.Models.Data;
using Vitrine.Models.Tokenizers;

namespace Vitrine.Models.Tests.Tokenizers.Published;

/// <summary>Vocabularies of every kind, small enough to be made when a test begins.</summary>
internal static class SmallVocabularies
{
    private const string Sample =
        """
        Fellow citizens of the Senate and of the House of Representatives: the state of the union
        isn't what we'd hoped; they're 1,234 questions, and I'll answer 56 of them. Don't despair!
        naïve café façade straße Ærø привет мир спасибо здравствуй αβγ λόγος 你好世界 世界 東京 日本語
        こんにちは 안녕하세요 नमस्ते مرحبا שלום สวัสดี unbelievable antidisestablishmentarianism
        def return import class function string value list number print true false null
        the the the and of to in that is was he for it with as his on be at by had not are but from
        or have an they which one you were all her she there would their we him been has when who
        will no more if out so up said what its about than into them can only other time new some
        could these two may first then do any like my now over such our man me even most made after
        """;

    private static readonly string[] Words =
        [.. Sample.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries)];

    /// <summary>GPT-2's bytes and first merges.</summary>
    public static (JsonObject Vocabulary, JsonArray Merges) Bytes(int merges, bool asLists = false)
    {
        Tokenizer gpt2 = Tokenizer.Gpt2(merges);
        using var folder = new TemporaryFolder();
        gpt2.Save(folder.Path);
        var vocabulary = JsonNode.Parse(File.ReadAllText(folder[Tokenizer.VocabularyFile]))!;
        vocabulary.AsObject().Remove(Tokenizer.EndOfTextMark);
        return (vocabulary.AsObject(), new JsonArray(
        [
            .. File.ReadAllLines(folder[Tokenizer.MergesFile])[1..].Select(line => asLists
                ? new JsonArray([.. line.Split(' ').Select(part => JsonValue.Create(part))])
                : (JsonNode)line),
        ]));
    }

    /// <summary>Characters and merges learned from a text, each word spelled by a
    /// function.</summary>
    public static (JsonObject Vocabulary, JsonArray Merges) Pairs(
        IEnumerable<string> first, int merges, Func<string, string> spell,
        string prefix = "", string suffix = "")
    {
        List<(List<string> Symbols, int Count)> words =
        [
            .. Words.CountBy(word => word).Select(word => (Symbols(spell(word.Key)), word.Value)),
        ];
        var tokens = new List<string>(first);
        tokens.AddRange(words.SelectMany(word => word.Symbols).Distinct().Order(StringComparer.Ordinal));
        var learned = new JsonArray();
        for (int i = 0; i < merges; i++)
        {
            var counts = new Dictionary<(string, string), int>();
            foreach ((List<string> symbols, int count) in words)
            {
                for (int at = 0; at + 1 < symbols.Count; at++)
                {
                    (string, string) pair = (symbols[at], symbols[at + 1]);
                    counts[pair] = counts.GetValueOrDefault(pair) + count;
                }
            }

            ((string left, string right), int most) = counts
                .OrderByDescending(pair => pair.Value)
                .ThenBy(pair => pair.Key.Item1, StringComparer.Ordinal)
                .ThenBy(pair => pair.Key.Item2, StringComparer.Ordinal).First();
            if (most < 1)
            {
                break;
            }

            string joint = left + right[prefix.Length..];
            learned.Add((JsonNode)new JsonArray(left, right));
            if (!tokens.Contains(joint))
            {
                tokens.Add(joint);
            }

            foreach ((List<string> symbols, int _) in words)
            {
                for (int at = 0; at + 1 < symbols.Count; at++)
                {
                    if (symbols[at] == left && symbols[at + 1] == right)
                    {
                        symbols[at] = joint;
                        symbols.RemoveAt(at + 1);
                    }
                }
            }

            if (words.All(word => word.Symbols.Count < 2))
            {
                break;
            }
        }

        return (Numbered(tokens), learned);

        List<string> Symbols(string word)
        {
            List<string> symbols = [.. word.EnumerateRunes().Select(rune => rune.ToString())];
            for (int i = 1; i < symbols.Count; i++)
            {
                symbols[i] = prefix + symbols[i];
            }

            symbols[^1] += suffix;
            return symbols;
        }
    }

    /// <summary>Parts of words, with the logarithm of how often they occur.</summary>
    public static JsonArray Scored(IEnumerable<string> first, string marker, bool bytes)
    {
        var counts = new Dictionary<string, int>();
        foreach (string word in Words)
        {
            string spelled = marker + word;
            for (int start = 0; start < spelled.Length; start++)
            {
                for (int length = 1; length <= 7 && start + length <= spelled.Length; length++)
                {
                    string part = spelled.Substring(start, length);
                    if (!char.IsLowSurrogate(part[0]) && !char.IsHighSurrogate(part[^1]))
                    {
                        counts[part] = counts.GetValueOrDefault(part) + 1;
                    }
                }
            }
        }

        double total = counts.Values.Sum();
        IEnumerable<(string, double)> parts = counts
            .Where(part => part.Value > 1 || part.Key.Length < 3)
            .OrderByDescending(part => part.Value).ThenBy(part => part.Key, StringComparer.Ordinal)
            .Select(part => (part.Key, Math.Log(part.Value / total) * (1 + (part.Key.Length * 0.37))));
        return
        [
            .. first.Select(token => (JsonNode)new JsonArray(token, 0.0)),
            .. (bytes ? ByteTokens : []).Select(token => (JsonNode)new JsonArray(token, 0.0)),
            .. parts.Select(part => (JsonNode)new JsonArray(part.Item1, part.Item2)),
        ];
    }

    /// <summary>Words and parts of words, the latter with a prefix.</summary>
    public static JsonObject Parts(IEnumerable<string> first, string prefix, bool lower)
    {
        var tokens = new List<string>(first);
        foreach (string raw in Words)
        {
            string word = lower ? raw.ToLowerInvariant() : raw;
            for (int length = 1; length <= word.Length; length++)
            {
                tokens.Add(word[..length]);
                tokens.Add(prefix + word[^length..]);
                tokens.Add(prefix + word[length - 1]);
            }
        }

        return Numbered([.. tokens.Distinct().Where(token =>
            !token.Any(char.IsSurrogate) && token.Length % 5 != 4)]);
    }

    /// <summary>The tokens of the 256 bytes.</summary>
    public static IEnumerable<string> ByteTokens =>
        Enumerable.Range(0, 256).Select(value => $"<0x{value:X2}>");

    private static JsonObject Numbered(List<string> tokens) => new(
        tokens.Select((token, id) => KeyValuePair.Create(token, (JsonNode?)id)));
}
