using System.Text;
using System.Text.Json;
using Vitrine.Models.Checkpoints;

namespace Vitrine.Models.Tokenizers;

/// <content>The two files of a tokenizer in a model folder, as GPT-2 was published.</content>
public sealed partial class Tokenizer
{
    /// <summary>The file of tokens and ids.</summary>
    public const string VocabularyFile = "vocab.json";

    /// <summary>The file of merges, in order.</summary>
    public const string MergesFile = "merges.txt";

    private const string MergesHeader = "#version: 0.2";

    /// <summary>Writes <c>vocab.json</c> and <c>merges.txt</c>, which other tools read
    /// too.</summary>
    /// <param name="folder">An existing folder.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public void Save(string folder)
    {
        string[] spelled = [.. Enumerable.Range(0, VocabularySize).Select(Spell)];
        AtomicFile.WriteAllText(
            Path.Combine(folder, VocabularyFile),
            "{" + string.Join(", ", spelled.Select((token, id) => $"{Quote(token)}: {id}")) + "}");

        var ids = new Dictionary<string, int>();
        for (int id = 0; id < EndOfText; id++)
        {
            ids.TryAdd(spelled[id], id);
        }

        Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> lookup =
            ids.GetAlternateLookup<ReadOnlySpan<char>>();
        var merges = new StringBuilder(MergesHeader).Append('\n');
        for (int id = 256; id < EndOfText; id++)
        {
            int split = MergeOf(spelled[id], id, lookup);
            merges.Append(spelled[id], 0, split).Append(' ').Append(
                spelled[id], split, spelled[id].Length - split)
                .Append('\n');
        }

        AtomicFile.WriteAllText(Path.Combine(folder, MergesFile), merges.ToString());
    }

    /// <summary>Whether a folder has a tokenizer, or one of the two files of one.</summary>
    public static bool IsIn(string folder) => File.Exists(Path.Combine(folder, VocabularyFile))
        || File.Exists(Path.Combine(folder, MergesFile));

    /// <summary>Reads what <see cref="Save"/> wrote, or GPT-2's published files.</summary>
    /// <exception cref="FileNotFoundException">One of the two files is missing.</exception>
    /// <exception cref="InvalidDataException">The files are damaged, or are no byte-level
    /// vocabulary whose ids are in the order of its merges, <c>&lt;|endoftext|&gt;</c>
    /// last.</exception>
    public static Tokenizer Load(string folder)
    {
        foreach (string file in (string[])[VocabularyFile, MergesFile])
        {
            string path = Path.Combine(folder, file);
            if (!File.Exists(path))
            {
                throw new FileNotFoundException(
                    $"Tokenizer: {path} is missing; a tokenizer is {VocabularyFile} and "
                    + $"{MergesFile} side by side; copy it there from where the model came from.",
                    path);
            }
        }

        var table = new TokenTable(ReadVocabulary(Path.Combine(folder, VocabularyFile)));
        CheckMerges(table, Path.Combine(folder, MergesFile));
        return table.ContentEquals(Gpt2()._table) ? Gpt2() : new Tokenizer(table);
    }

    private static byte[][] ReadVocabulary(string path)
    {
        var tokens = new List<(string Token, int Id)>();
        try
        {
            using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(path));
            tokens.AddRange(json.RootElement.EnumerateObject()
                .Select(entry => (entry.Name, entry.Value.GetInt32())));
        }
        catch (Exception failure) when (
            failure is JsonException or InvalidOperationException or FormatException)
        {
            throw Wrong(
                path, $"a vocabulary is a JSON object of tokens and ids; {failure.Message}");
        }

        if (tokens.Count < 257)
        {
            throw Wrong(
                path, $"a byte-level vocabulary has at least 257 tokens; got {tokens.Count}.");
        }

        var table = new byte[tokens.Count][];
        foreach ((string token, int id) in tokens)
        {
            if ((uint)id >= (uint)table.Length || table[id] is not null)
            {
                throw Wrong(
                    path, $"ids are 0 … {table.Length - 1}, each once; got {id} for \"{token}\".");
            }

            table[id] = new byte[token.Length];
            if (!ByteAlphabet.TryRead(token, table[id]))
            {
                throw Wrong(path, $"tokens are spelled in GPT-2's byte alphabet; got \"{token}\".");
            }
        }

        if (!table[^1].AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(EndOfTextMark)))
        {
            throw Wrong(
                path,
                $"the last token is {EndOfTextMark}; got \"{ByteAlphabet.Spell(table[^1])}\".");
        }

        return table;
    }

    private static void CheckMerges(TokenTable table, string path)
    {
        string[] lines = File.ReadAllText(path).TrimEnd('\n').Split('\n');
        int first = lines[0].StartsWith("#version", StringComparison.Ordinal) ? 1 : 0;
        int expected = table.Count - 257;
        if (lines.Length - first != expected)
        {
            throw Wrong(
                path, $"{table.Count} tokens take {expected} merges; got {lines.Length - first}.");
        }

        for (int id = 256; id < table.Count - 1; id++)
        {
            string line = lines[first + id - 256].TrimEnd('\r');
            if (line.Replace(" ", "", StringComparison.Ordinal) != ByteAlphabet.Spell(table[id]))
            {
                throw Wrong(path, $"merge {id - 256} must make token {id}; got \"{line}\".");
            }
        }
    }

    /// <summary>Where the last merge of a token joined its two parts: the merges with lower ids,
    /// done in order, leave exactly two.</summary>
    private static int MergeOf(
        string token, int id, Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> ids)
    {
        List<int> cuts = [.. Enumerable.Range(0, token.Length + 1)];
        while (cuts.Count > 3)
        {
            int best = -1;
            int lowest = id;
            for (int i = 0; i + 2 < cuts.Count; i++)
            {
                if (ids.TryGetValue(token.AsSpan(cuts[i]..cuts[i + 2]), out int joint)
                    && joint < lowest)
                {
                    (best, lowest) = (i, joint);
                }
            }

            if (best < 0)
            {
                throw new InvalidDataException(
                    $"Tokenizer: no merges make token {id}, \"{token}\".");
            }

            cuts.RemoveAt(best + 1);
        }

        return cuts[1];
    }

    private static InvalidDataException Wrong(string path, string what) => new($"{path}: {what}");

    private string Spell(int id) => ByteAlphabet.Spell(_table[id]);

    /// <summary>A JSON string of printable ASCII, escaped as Python's json module does.</summary>
    private static string Quote(string token)
    {
        var text = new StringBuilder("\"");
        foreach (char c in token)
        {
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                > '~' => text.Append($"\\u{(int)c:x4}"),
                _ => text.Append(c),
            };
        }

        return text.Append('"').ToString();
    }
}
