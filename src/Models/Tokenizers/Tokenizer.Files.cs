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

    /// <summary>Writes <c>vocab.json</c> and <c>merges.txt</c>, which other tools can also
    /// read.</summary>
    /// <param name="folder">An existing folder.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public void Save(string folder)
    {
        string[] spelled = [.. Enumerable.Range(0, EndOfText + 1).Select(Spell)];
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

    /// <summary>Whether a folder has a tokenizer, or at least one of its two files.</summary>
    public static bool IsIn(string folder) => File.Exists(Path.Combine(folder, VocabularyFile))
        || File.Exists(Path.Combine(folder, MergesFile));

    /// <summary>Reads what <see cref="Save"/> wrote, or GPT-2's published files.</summary>
    /// <exception cref="FileNotFoundException">One of the two files is missing.</exception>
    /// <exception cref="InvalidDataException">The files are damaged, or are not a byte-level
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
                    + $"{MergesFile} in one folder; copy it from the model's source.",
                    path);
            }
        }

        var table = new TokenTable(ReadVocabulary(Path.Combine(folder, VocabularyFile)));
        CheckMerges(table, Path.Combine(folder, MergesFile));
        return table.ContentEquals(Gpt2()._table) ? Gpt2() : new Tokenizer(table);
    }

    private static byte[][] ReadVocabulary(string path) => JsonFile.Read(path, json =>
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidDataException(
                $"a vocabulary is a JSON object of tokens and ids; got {json.Quoted()}.");
        }

        int count = json.GetPropertyCount();
        if (count < 257)
        {
            throw new InvalidDataException(
                $"a byte-level vocabulary has at least 257 tokens; got {count}.");
        }

        var table = new byte[count][];
        foreach (JsonProperty entry in json.EnumerateObject())
        {
            if (entry.Value.ValueKind != JsonValueKind.Number
                || !entry.Value.TryGetInt32(out int id) || (uint)id >= (uint)count
                || table[id] is not null)
            {
                throw new InvalidDataException(
                    $"ids are 0 … {count - 1}, each once; got {entry.Value.Quoted()} for "
                    + $"\"{PrintableText.Value(entry.Name)}\".");
            }

            table[id] = new byte[entry.Name.Length];
            if (entry.Name.Length == 0 || !ByteAlphabet.TryRead(entry.Name, table[id]))
            {
                throw new InvalidDataException(
                    "tokens are spelled in GPT-2's byte alphabet; got "
                    + $"\"{PrintableText.Value(entry.Name)}\".");
            }
        }

        CheckEnds(table);
        return table;
    });

    private static void CheckEnds(byte[][] table)
    {
        var bytes = new HashSet<byte>();
        for (int id = 0; id < 256; id++)
        {
            if (table[id].Length != 1 || !bytes.Add(table[id][0]))
            {
                throw new InvalidDataException(
                    "ids 0 … 255 are the 256 bytes, each once; got "
                    + $"\"{PrintableText.Value(ByteAlphabet.Spell(table[id]))}\" for {id}.");
            }
        }

        if (!table[^1].AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(EndOfTextMark)))
        {
            throw new InvalidDataException(
                $"the last token is {EndOfTextMark}; got "
                + $"\"{PrintableText.Value(ByteAlphabet.Spell(table[^1]))}\".");
        }
    }

    /// <summary>Each merge joins two tokens of lower ids into the next one.</summary>
    private static void CheckMerges(TokenTable table, string path)
    {
        string[] lines = Encoding.UTF8.GetString(InputFile.ReadAllBytes(path))
            .TrimEnd('\n').Split('\n');
        int first = lines[0].StartsWith("#version", StringComparison.Ordinal) ? 1 : 0;
        int expected = table.Count - 257;
        if (lines.Length - first != expected && !(expected == 0 && lines[first..] is [] or [""]))
        {
            throw Wrong(
                path, $"{table.Count} tokens take {expected} merges; got {lines.Length - first}.");
        }

        var earlier = new HashSet<string>();
        for (int id = 0; id < table.Count - 1; id++)
        {
            string token = ByteAlphabet.Spell(table[id]);
            if (id >= 256)
            {
                string line = lines[first + id - 256].TrimEnd('\r');
                if (line.Split(' ') is not [var left, var right] || left + right != token
                    || !earlier.Contains(left) || !earlier.Contains(right))
                {
                    throw Wrong(
                        path,
                        $"line {first + id - 255} must join two tokens of lower ids into token "
                        + $"{id}, \"{PrintableText.Value(token)}\"; got "
                        + $"\"{PrintableText.Value(line)}\".");
                }
            }

            earlier.Add(token);
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
                    $"Tokenizer: no merges produce token {id}, \"{token}\".");
            }

            cuts.RemoveAt(best + 1);
        }

        return cuts[1];
    }

    private static InvalidDataException Wrong(string path, string what) => new(
        $"{PrintableText.Escape(path)}: {what}");

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
