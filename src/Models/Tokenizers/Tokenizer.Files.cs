using System.Text;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Tokenizers.Files;

namespace Vitrine.Models.Tokenizers;

/// <content>The two files of a tokenizer in a model folder, as GPT-2 was published.</content>
public sealed partial class Tokenizer
{
    /// <summary>The file of tokens and ids.</summary>
    public const string VocabularyFile = "vocab.json";

    /// <summary>The file of merges, in order.</summary>
    public const string MergesFile = "merges.txt";

    private const string MergesHeader = "#version: 0.2";

    /// <summary>The files that a tokenizer may be saved in.</summary>
    internal static IReadOnlyList<string> FileNames { get; } =
    [
        VocabularyFile, MergesFile, TokenizerJson.FileName, SpecialTokenFiles.ConfigFile,
        SpecialTokenFiles.MapFile, SpecialTokenFiles.ChatFile, SentencePieceFile.FileName,
        WordPieceFile.FileName, GgufDefinition.FileName,
    ];

    /// <summary>Writes the files that the tokenizer was read from, or <c>vocab.json</c> and
    /// <c>merges.txt</c>, which other tools can also read.</summary>
    /// <param name="folder">An existing folder.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public void Save(string folder)
    {
        if (_definition is { } definition)
        {
            foreach ((string name, byte[] content) in definition.Files)
            {
                AtomicFile.Write(
                    Path.Combine(folder, name), stream => stream.Write(content));
            }

            return;
        }

        int endOfText = _own - 1;
        string[] spelled = [.. Enumerable.Range(0, _own).Select(Spell)];
        AtomicFile.WriteAllText(
            Path.Combine(folder, VocabularyFile),
            "{" + string.Join(", ", spelled.Select((token, id) => $"{Quote(token)}: {id}")) + "}");

        var ids = new Dictionary<string, int>();
        for (int id = 0; id < endOfText; id++)
        {
            ids.TryAdd(spelled[id], id);
        }

        Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> lookup =
            ids.GetAlternateLookup<ReadOnlySpan<char>>();
        var merges = new StringBuilder(MergesHeader).Append('\n');
        for (int id = 256; id < endOfText; id++)
        {
            int split = MergeOf(spelled[id], id, lookup);
            merges.Append(spelled[id], 0, split).Append(' ').Append(
                spelled[id], split, spelled[id].Length - split)
                .Append('\n');
        }

        AtomicFile.WriteAllText(Path.Combine(folder, MergesFile), merges.ToString());
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
