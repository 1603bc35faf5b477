using System.Text;
using Microsoft.ML.Tokenizers;

namespace Vitrine.Models.Tokenizers;

/// <summary>Encodes words that are no token by themselves, through
/// Microsoft.ML.Tokenizers.</summary>
/// <remarks>
/// The order of merges is the order of ids, as in every vocabulary that GPT-2's training made, so
/// the Tiktoken form (token bytes and rank) says all that the merges say. The merger's cache of
/// words takes a lock: it may be used by several threads.
/// </remarks>
internal sealed class BytePairMerger
{
    /// <summary>Where merging in the square of the length begins to be felt, in
    /// characters.</summary>
    internal const int LongWord = 1000;

    private const int CachedWords = 1 << 16;
    private readonly Lazy<LongWordMerger> _longWords;
    private readonly TiktokenTokenizer _tiktoken;

    /// <param name="table">The tokens.</param>
    /// <param name="count">How many of them words are made of.</param>
    public BytePairMerger(TokenTable table, int count)
    {
        _longWords = new(() => new LongWordMerger(table, count));
        using var ranks = new MemoryStream();
        for (int id = 0; id < count; id++)
        {
            ranks.Write(Encoding.ASCII.GetBytes($"{Convert.ToBase64String(table[id])} {id}\n"));
        }

        ranks.Position = 0;
        _tiktoken = TiktokenTokenizer.Create(
            ranks, preTokenizer: null, normalizer: null, specialTokens: null, CachedWords);
    }

    public void Encode(ReadOnlySpan<char> word, List<int> ids)
    {
        if (word.Length > LongWord)
        {
            _longWords.Value.Encode(word, ids);
        }
        else
        {
            ids.AddRange(_tiktoken.EncodeToIds(
                word, considerPreTokenization: false, considerNormalization: false));
        }
    }
}
