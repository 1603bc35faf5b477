using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace Vitrine.Models.Tokenizers;

/// <summary>Byte-level byte-pair encoding: text to token ids and back.</summary>
/// <remarks>
/// <para>Text is cut into words (<see cref="WordSplitter"/>); a word's UTF-8 bytes are merged pair
/// by pair, the pair whose joint token has the lowest id first. Ids are those of GPT-2. The token
/// table loads in a few milliseconds; the merger is created when a word first needs it.</para>
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
    private readonly string?[] _texts;
    private readonly Lazy<Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>>> _ids;
    private readonly Lazy<BytePairMerger> _merger;
    private readonly Lazy<byte[]> _hash;

    private Tokenizer(TokenTable table, int padding = 0)
    {
        _table = table;
        EndOfText = table.Count - padding - 1;
        _texts = new string?[table.Count];
        _ids = new(MakeIds);
        _merger = new(() => new BytePairMerger(table, EndOfText));
        _hash = new(table.Hash);
    }

    /// <summary>The number of tokens, special ones and padding included; ids are 0 …
    /// this − 1.</summary>
    public int VocabularySize => _table.Count;

    /// <summary>The id of <c>&lt;|endoftext|&gt;</c>, which precedes every document.</summary>
    public int EndOfText { get; }

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
        int there = EndOfText - 256;
        if ((uint)count > (uint)there)
        {
            throw new ArgumentOutOfRangeException(
                nameof(count),
                $"Tokenizer: count must be 0 … {there}, the number of merges; got {count}.");
        }

        IEnumerable<int> kept = Enumerable.Range(0, 256 + count).Append(EndOfText);
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
        int own = EndOfText + 1;
        return vocabulary <= VocabularySize ? this : new Tokenizer(
            new TokenTable(
            [
                .. Enumerable.Range(0, vocabulary).Select(
                    id => id < own ? _table[id].ToArray() : Encoding.UTF8.GetBytes($"#{id}")),
            ]),
            vocabulary - own);
    }

    /// <summary>The ids of a text's tokens.</summary>
    /// <param name="text">The text. A lone surrogate counts as U+FFFD.</param>
    /// <param name="allowSpecial">Whether <c>&lt;|endoftext|&gt;</c> in the text is the special
    /// token; else it is text like any other.</param>
    public int[] Encode(string text, bool allowSpecial = false)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Encode(text.AsSpan(), allowSpecial);
    }

    /// <inheritdoc cref="Encode(string, bool)"/>
    public int[] Encode(ReadOnlySpan<char> text, bool allowSpecial = false)
    {
        var ids = new List<int>((text.Length / 4) + 4);
        if (text.IndexOfAnyInRange('\uD800', '\uDFFF') >= 0)
        {
            text = WellFormed(text);
        }

        while (allowSpecial && text.IndexOf(EndOfTextMark) is >= 0 and int at)
        {
            EncodeWords(text[..at], ids);
            ids.Add(EndOfText);
            text = text[(at + EndOfTextMark.Length)..];
        }

        EncodeWords(text, ids);
        return [.. ids];
    }

    /// <summary>The text of a run of tokens; bytes that are not UTF-8 become U+FFFD.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An id is not in the vocabulary.</exception>
    public string Decode(params ReadOnlySpan<int> ids)
    {
        var bytes = new ArrayBufferWriter<byte>(Math.Max(16, ids.Length * 6));
        foreach (int id in ids)
        {
            bytes.Write(Bytes(id));
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    /// <summary>The UTF-8 bytes that a token stands for; for the special token, its mark.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is not in the vocabulary.</exception>
    public ReadOnlySpan<byte> Bytes(int id)
    {
        if ((uint)id >= (uint)VocabularySize)
        {
            throw new ArgumentOutOfRangeException(
                nameof(id), $"Tokenizer: ids are 0 … {VocabularySize - 1}; got {id}.");
        }

        return _table[id];
    }

    /// <summary>A token's text; bytes that are not UTF-8 become U+FFFD.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is not in the vocabulary.</exception>
    public string Text(int id)
    {
        ReadOnlySpan<byte> bytes = Bytes(id);
        return _texts[id] ??= Encoding.UTF8.GetString(bytes);
    }

    /// <summary>Finds the single token of a text, as <see cref="Encode(string, bool)"/> gives it or
    /// as the mark of the special token.</summary>
    /// <returns>False if the text is empty or several tokens.</returns>
    public bool TrySingle(string text, out int id)
    {
        int[] ids = Encode(text, allowSpecial: true);
        id = ids.Length == 1 ? ids[0] : -1;
        return ids.Length == 1;
    }

    private static string WellFormed(ReadOnlySpan<char> text)
    {
        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        return Encoding.UTF8.GetString(bytes, 0, Encoding.UTF8.GetBytes(text, bytes));
    }

    private void EncodeWords(ReadOnlySpan<char> text, List<int> ids)
    {
        while (!text.IsEmpty)
        {
            ReadOnlySpan<char> word = text[..WordSplitter.First(text)];
            if (_ids.Value.TryGetValue(word, out int id))
            {
                ids.Add(id);
            }
            else
            {
                _merger.Value.Encode(word, ids);
            }

            text = text[word.Length..];
        }
    }

    /// <summary>Whole tokens by their text. Bytes that are no UTF-8 have no text of their own, and
    /// the special token is none that words can be.</summary>
    private Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> MakeIds()
    {
        var ids = new Dictionary<string, int>(VocabularySize, StringComparer.Ordinal);
        for (int id = 0; id < EndOfText; id++)
        {
            if (System.Text.Unicode.Utf8.IsValid(_table[id]))
            {
                ids.TryAdd(Text(id), id);
            }
        }

        return ids.GetAlternateLookup<ReadOnlySpan<char>>();
    }
}
