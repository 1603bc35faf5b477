using System.Security.Cryptography;
using System.Text;
using Vitrine.Models.Tokenizers.Files;
using Vitrine.Models.Tokenizers.Pipeline;

namespace Vitrine.Models.Tokenizers;

/// <summary>Text to token ids and back, as the model at hand was trained: GPT-2's byte-level
/// byte-pair encoding, or any published kind.</summary>
/// <remarks>
/// <para>GPT-2's, and vocabularies in its form (<see cref="VocabularyFile"/>, <see
/// cref="MergesFile"/>), cut text into words (<see cref="WordSplitter"/>) and merge a word's UTF-8
/// bytes pair by pair, the pair whose joint token has the lowest id first. The token table loads in
/// a few milliseconds; the merger is created when a word first needs it. Every other kind is a <see
/// cref="TokenPipeline"/>.</para>
/// <para>Safe to use from several threads at once.</para>
/// </remarks>
public sealed partial class Tokenizer
{
    /// <summary>How the special token is written.</summary>
    public const string EndOfTextMark = "<|endoftext|>";

    /// <summary>The merges of GPT-2's tokenizer: its tokens minus the 256 bytes and
    /// <c>&lt;|endoftext|&gt;</c>.</summary>
    public const int Gpt2Merges = 50_000;

    private static readonly Lazy<Tokenizer> SharedGpt2 = new(
        () => new Tokenizer(TokenTable.Gpt2()));

    private readonly TokenTable _table;
    private readonly TokenizerDefinition? _definition;
    private readonly int _own;
    private readonly int? _endOfText;
    private readonly HashSet<int> _special;
    private readonly string?[] _texts;
    private ChatTemplate? _chat;
    private readonly Lazy<Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>>> _ids;
    private readonly Lazy<BytePairMerger> _merger;
    private readonly Lazy<byte[]> _hash;

    private Tokenizer(TokenTable table, int padding = 0)
    {
        _table = table;
        _own = table.Count - padding;
        int endOfText = _own - 1;
        _endOfText = endOfText;
        _special = [endOfText];
        Special = new SpecialTokens(Bos: endOfText, Eos: endOfText);
        _texts = new string?[table.Count];
        _ids = new(MakeIds);
        _merger = new(() => new BytePairMerger(table, endOfText));
        _hash = new(table.Hash);
    }

    private Tokenizer(TokenizerDefinition definition, int vocabulary)
    {
        _definition = definition;
        _own = definition.Spellings.Count;
        _special =
        [
            .. definition.Pipeline.Added.Where(token => token.IsSpecial).Select(token => token.Id),
        ];
        _table = MakeTable(definition, vocabulary);
        Special = definition.Special;
        _endOfText = definition.Pipeline.Added.FirstOrDefault(
            token => token.IsSpecial && token.Content == EndOfTextMark)?.Id
            ?? Special.Bos ?? Special.Cls ?? Special.Eos;
        _texts = new string?[vocabulary];
        _ids = new(MakeIds);
        _merger = new(() => throw new InvalidOperationException("Tokenizer: it has a pipeline."));
        _hash = new(() => vocabulary == _own ? definition.Hash
            : SHA256.HashData([.. definition.Hash, .. BitConverter.GetBytes(vocabulary)]));
    }

    /// <summary>The number of tokens, special ones and padding included; ids are 0 …
    /// this − 1.</summary>
    public int VocabularySize => _table.Count;

    /// <summary>The id of the token that precedes every document: <c>&lt;|endoftext|&gt;</c>, or
    /// where a vocabulary has none of that name the token that begins a sequence (<see
    /// cref="SpecialTokens.Bos"/>, <see cref="SpecialTokens.Cls"/>) or ends one.</summary>
    /// <exception cref="InvalidOperationException">The vocabulary has none of these.</exception>
    public int EndOfText => _endOfText ?? throw new InvalidOperationException(
        "Tokenizer: documents need a token between them; got a vocabulary without "
        + $"{EndOfTextMark}, bos, cls and eos; name one in {SpecialTokenFiles.ConfigFile}.");

    /// <summary>The special tokens by role.</summary>
    public SpecialTokens Special { get; }

    /// <summary>How a chat is written for the model; null if its files do not say.</summary>
    /// <exception cref="InvalidDataException">The template is malformed, or uses what is not
    /// supported.</exception>
    public ChatTemplate? ChatTemplate => _definition?.ChatTemplate is { } text
        ? _chat ??= new ChatTemplate(text, Spelled(Special.Bos), Spelled(Special.Eos)) : null;

    /// <summary>Whether a token is a mark and no text.</summary>
    public bool IsSpecial(int id) => _special.Contains(id);

    /// <summary>The SHA-256 of the vocabulary: equal only for tokenizers that give the same
    /// ids.</summary>
    public ReadOnlySpan<byte> Hash => _hash.Value;

    /// <summary>GPT-2's tokenizer, 50,257 tokens, from the tables shipped in this
    /// assembly.</summary>
    /// <param name="merges">Only its first merges, this many, <see cref="WithMerges"/>; null for
    /// all.</param>
    public static Tokenizer Gpt2(int? merges = null) =>
        merges is { } count ? SharedGpt2.Value.WithMerges(count) : SharedGpt2.Value;

    /// <summary>This tokenizer with only its first merges: a smaller vocabulary, whose tokens are
    /// shorter and each cost a model less. Ids below 256 + <paramref name="count"/> stay what they
    /// are; <c>&lt;|endoftext|&gt;</c> follows them.</summary>
    /// <param name="count">Merges, 0 … those there are.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are not that many merges.</exception>
    public Tokenizer WithMerges(int count)
    {
        int there = _definition is null ? _own - 257 : throw new InvalidOperationException(
            "Tokenizer: WithMerges needs a vocabulary whose ids are in the order of its merges, "
            + "such as Gpt2(); got another kind.");
        if ((uint)count > (uint)there)
        {
            throw new ArgumentOutOfRangeException(
                nameof(count),
                $"Tokenizer: count must be 0 … {there}, the number of merges; got {count}.");
        }

        IEnumerable<int> kept = Enumerable.Range(0, 256 + count).Append(_own - 1);
        return count == there
            ? this : new Tokenizer(new TokenTable([.. kept.Select(id => _table[id].ToArray())]));
    }

    /// <summary>This tokenizer for a model with more rows than it has tokens, as when a vocabulary
    /// is rounded up: no text is encoded as one of the additional ids, whose text is their number,
    /// <c>#50257</c>.</summary>
    /// <param name="vocabulary">The model's number of tokens; if it has no more than the tokenizer,
    /// nothing changes.</param>
    public Tokenizer PaddedTo(int vocabulary)
    {
        if (vocabulary <= VocabularySize)
        {
            return this;
        }

        return _definition is { } definition ? new Tokenizer(definition, vocabulary)
            : new Tokenizer(
                new TokenTable(
                [
                    .. Enumerable.Range(0, vocabulary).Select(
                        id => id < _own ? _table[id].ToArray() : Numbered(id)),
                ]),
                vocabulary - _own);
    }

    /// <summary>The UTF-8 bytes that a token stands for; for the special token, its mark.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is not in the vocabulary.</exception>
    public ReadOnlySpan<byte> Bytes(int id) => _table[Checked(id)];

    /// <summary>A token's text; bytes that are not UTF-8 become U+FFFD.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is not in the vocabulary.</exception>
    public string Text(int id)
    {
        ReadOnlySpan<byte> bytes = Bytes(id);
        return _texts[id] ??= Encoding.UTF8.GetString(bytes);
    }

    /// <summary>Finds the single token of a text: as <see cref="Encode(string, bool)"/> gives it,
    /// as the mark of a special token, or, where a space is put before every text, as the token whose
    /// text it is.</summary>
    /// <returns>False if the text is empty or several tokens.</returns>
    public bool TrySingle(string text, out int id)
    {
        if (_definition is { FindsByText: true } && _ids.Value.TryGetValue(text, out id))
        {
            return true;
        }

        int[] ids = Encode(text, allowSpecial: true);
        id = ids.Length == 1 ? ids[0] : -1;
        return ids.Length == 1;
    }

    private string? Spelled(int? id) => id is { } there ? Spelling(there) : null;

    private static byte[] Numbered(int id) => Encoding.UTF8.GetBytes($"#{id}");

    private static TokenTable MakeTable(TokenizerDefinition definition, int vocabulary)
    {
        var added = definition.Pipeline.Added.Select(token => token.Id).ToHashSet();
        return new TokenTable(
        [
            .. Enumerable.Range(0, vocabulary).Select(id =>
                id >= definition.Spellings.Count || definition.Spellings[id] is not { } spelling
                    ? Numbered(id)
                    : added.Contains(id) ? Encoding.UTF8.GetBytes(spelling)
                    : definition.BytesOf(spelling)),
        ]);
    }

    private int Checked(int id) => (uint)id < (uint)VocabularySize ? id
        : throw new ArgumentOutOfRangeException(
            nameof(id), $"Tokenizer: ids are 0 … {VocabularySize - 1}; got {id}.");

    /// <summary>Whole tokens by their text. Bytes that are no UTF-8 have no text of their own, and
    /// the special token is none that words can be.</summary>
    private Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> MakeIds()
    {
        var ids = new Dictionary<string, int>(VocabularySize, StringComparer.Ordinal);
        for (int id = 0; id < _own; id++)
        {
            if (!IsSpecial(id) && System.Text.Unicode.Utf8.IsValid(_table[id]))
            {
                ids.TryAdd(Text(id), id);
            }
        }

        return ids.GetAlternateLookup<ReadOnlySpan<char>>();
    }
}
