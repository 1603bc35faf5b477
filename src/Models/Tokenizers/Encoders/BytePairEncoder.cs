using System.Collections.Concurrent;
using System.Text;
using Vitrine.Models.Tokenizers.Pipeline;

namespace Vitrine.Models.Tokenizers.Encoders;

/// <summary>How a vocabulary of byte pairs is used.</summary>
internal sealed record BytePairOptions
{
    /// <summary>The token for what the vocabulary lacks; null to leave it out.</summary>
    public UnknownToken? Unknown { get; init; }

    /// <summary>Whether unknown characters that touch are one token.</summary>
    public bool FusesUnknown { get; init; }

    /// <summary>The tokens that the bytes of unknown characters become, −1 for those that are
    /// absent; null to leave such characters unknown.</summary>
    public int[]? ByteTokens { get; init; }

    /// <summary>Whether a piece that is a token is not merged.</summary>
    public bool IgnoresMerges { get; init; }

    /// <summary>What stands before a character that does not begin its piece.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>What stands behind the last character of a piece.</summary>
    public string Suffix { get; init; } = "";
}

/// <summary>Byte-pair encoding: the characters of a piece, of which two neighbours become one token
/// as long as a merge says so, the earliest merge first.</summary>
/// <remarks>Own code, since Microsoft.ML.Tokenizers' has no byte fallback, no <c>ignore_merges</c>,
/// and gives other ids for a token with several merges.</remarks>
internal sealed class BytePairEncoder : IPieceEncoder
{
    private const int CachedPieces = 1 << 16;
    private const int LongestCached = 64;
    private readonly VocabularyIndex _vocabulary;
    private readonly Dictionary<(int, int), (int Rank, int Id)> _merges;
    private readonly BytePairOptions _options;
    private readonly ConcurrentDictionary<string, int[]> _cache = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>>
        _lookup;
    private int _cached;

    /// <param name="vocabulary">The tokens.</param>
    /// <param name="merges">What two tokens become, and when: the lowest rank first.</param>
    /// <param name="options">How it is used.</param>
    public BytePairEncoder(
        VocabularyIndex vocabulary, Dictionary<(int, int), (int Rank, int Id)> merges,
        BytePairOptions options)
    {
        (_vocabulary, _merges, _options) = (vocabulary, merges, options);
        _lookup = _cache.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public void Encode(ReadOnlySpan<char> piece, List<int> ids)
    {
        if (_options.IgnoresMerges && _vocabulary.TryGet(piece, out int whole))
        {
            ids.Add(whole);
            return;
        }

        if (piece.Length > LongestCached)
        {
            ids.AddRange(Merged(piece));
            return;
        }

        if (!_lookup.TryGetValue(piece, out int[]? found))
        {
            found = Merged(piece);
            if (Volatile.Read(ref _cached) < CachedPieces
                && _cache.TryAdd(piece.ToString(), found))
            {
                Interlocked.Increment(ref _cached);
            }
        }

        ids.AddRange(found);
    }

    private int[] Merged(ReadOnlySpan<char> piece)
    {
        var symbols = new List<int>(piece.Length);
        Characters(piece, symbols);
        return symbols.Count < 2 ? [.. symbols] : new Merging(symbols, _merges).Run();
    }

    private void Characters(ReadOnlySpan<char> piece, List<int> symbols)
    {
        bool hasUnknown = false;
        int at = 0;
        while (at < piece.Length)
        {
            Rune.DecodeFromUtf16(piece[at..], out Rune rune, out int length);
            ReadOnlySpan<char> character = piece.Slice(at, length);
            if (at > 0 && _options.Prefix.Length > 0)
            {
                character = $"{_options.Prefix}{character}";
            }

            at += length;
            if (at == piece.Length && _options.Suffix.Length > 0)
            {
                character = $"{character}{_options.Suffix}";
            }

            if (_vocabulary.TryGet(character, out int id))
            {
                Flush(symbols, ref hasUnknown);
                symbols.Add(id);
            }
            else if (!AddBytes(character, symbols))
            {
                if (hasUnknown && !_options.FusesUnknown)
                {
                    Flush(symbols, ref hasUnknown);
                }

                hasUnknown = _options.Unknown is not null;
            }
        }

        Flush(symbols, ref hasUnknown);
    }

    private void Flush(List<int> symbols, ref bool hasUnknown)
    {
        if (hasUnknown)
        {
            symbols.Add(_options.Unknown!.Id);
            hasUnknown = false;
        }
    }

    private bool AddBytes(ReadOnlySpan<char> character, List<int> symbols)
    {
        if (_options.ByteTokens is not { } byteTokens)
        {
            return false;
        }

        int start = symbols.Count;
        var bytes = new byte[Encoding.UTF8.GetByteCount(character)];
        Encoding.UTF8.GetBytes(character, bytes);
        foreach (byte value in bytes)
        {
            if (byteTokens[value] < 0)
            {
                symbols.RemoveRange(start, symbols.Count - start);
                return false;
            }

            symbols.Add(byteTokens[value]);
        }

        return true;
    }
}
