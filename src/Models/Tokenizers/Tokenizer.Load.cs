using System.Text;
using System.Text.Json;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Tokenizers.Files;

namespace Vitrine.Models.Tokenizers;

/// <content>Reading a tokenizer from files.</content>
public sealed partial class Tokenizer
{
    private static readonly string[] Readable =
    [
        TokenizerJson.FileName, VocabularyFile, MergesFile, SentencePieceFile.FileName,
        WordPieceFile.FileName, GgufDefinition.FileName,
    ];

    /// <summary>Whether a folder has a tokenizer, or at least one of its files.</summary>
    public static bool IsIn(string folder) =>
        Readable.Any(name => File.Exists(Path.Combine(folder, name)));

    /// <summary>Reads a tokenizer: what <see cref="Save"/> wrote, or the files of a published
    /// model.</summary>
    /// <remarks>Of a folder's files the first is read of <c>tokenizer.json</c>, <c>vocab.json</c>
    /// with <c>merges.txt</c>, <c>tokenizer.model</c> (SentencePiece) and <c>vocab.txt</c> (WordPiece).
    /// <c>tokenizer_config.json</c>, <c>special_tokens_map.json</c> and
    /// <c>chat_template.jinja</c> beside it give the roles of special tokens and the chat
    /// template.</remarks>
    /// <param name="path">A folder, or one of these files.</param>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or uses a component that is not
    /// known; or <c>vocab.json</c> and <c>merges.txt</c> are not a byte-level vocabulary whose ids
    /// are in the order of its merges, <c>&lt;|endoftext|&gt;</c> last.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static Tokenizer Load(string path)
    {
        if (File.Exists(path))
        {
            return Path.GetFileName(path) is VocabularyFile or MergesFile
                ? LoadMerges(Path.GetDirectoryName(Path.GetFullPath(path))!) : LoadFile(path);
        }

        string json = Path.Combine(path, TokenizerJson.FileName);
        if (File.Exists(json))
        {
            return LoadFile(json);
        }

        bool hasMerges = File.Exists(Path.Combine(path, VocabularyFile))
            || File.Exists(Path.Combine(path, MergesFile));
        string? other = hasMerges ? null : Readable.Select(name => Path.Combine(path, name))
            .FirstOrDefault(File.Exists);
        return other is null ? LoadMerges(path) : LoadFile(other);
    }

    /// <summary>The tokenizer that the metadata of a GGUF file describes.</summary>
    /// <exception cref="InvalidDataException">It is of a kind that is not known, or its parts do
    /// not fit together.</exception>
    public static Tokenizer FromGguf(GgufTokenizer metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        TokenizerDefinition definition = GgufDefinition.Of(metadata);
        return new Tokenizer(definition, definition.Spellings.Count);
    }

    private static Tokenizer LoadFile(string path)
    {
        TokenizerDefinition definition = Path.GetExtension(path) switch
        {
            ".model" => SentencePieceFile.Read(path),
            ".txt" => WordPieceFile.Read(path),
            ".gguf-tokenizer" => GgufDefinition.Read(path),
            _ => TokenizerJson.Read(path),
        };
        return new Tokenizer(definition, definition.Spellings.Count);
    }

    private static Tokenizer LoadMerges(string folder)
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

    private static InvalidDataException Wrong(string path, string what) => new(
        $"{PrintableText.Escape(path)}: {what}");
}
