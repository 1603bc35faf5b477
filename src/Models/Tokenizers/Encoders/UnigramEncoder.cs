using System.Text;
using Vitrine.Models.Tokenizers.Pipeline;

namespace Vitrine.Models.Tokenizers.Encoders;

/// <summary>Unigram: of all ways to make a piece of tokens, the one with the highest sum of scores
/// (Viterbi; Kudo 2018).</summary>
internal sealed class UnigramEncoder : IPieceEncoder
{
    private const double UnknownPenalty = 10;
    private readonly VocabularyIndex _vocabulary;
    private readonly double[] _scores;
    private readonly int? _unknown;
    private readonly double _unknownScore;
    private readonly int[]? _byteTokens;
    private readonly PrefixTree _tree;

    /// <param name="vocabulary">The tokens.</param>
    /// <param name="scores">Their scores, by id.</param>
    /// <param name="unknown">The token of what cannot be encoded.</param>
    /// <param name="byteTokens">The tokens that its bytes become, −1 for those that are absent;
    /// null to leave it unknown.</param>
    /// <param name="isToken">Which tokens text can be made of; null for all.</param>
    public UnigramEncoder(
        VocabularyIndex vocabulary, double[] scores, int? unknown, int[]? byteTokens,
        Func<int, bool>? isToken = null)
    {
        (_vocabulary, _scores, _unknown) = (vocabulary, scores, unknown);
        _byteTokens = byteTokens;
        _unknownScore = (scores.Length == 0 ? 0 : scores.Min()) - UnknownPenalty;
        _tree = new PrefixTree(vocabulary.Tokens, id =>
            vocabulary.TryGet(vocabulary.Tokens[id], out int last) && last == id
            && (isToken is null || isToken(id)));
    }

    public void Encode(ReadOnlySpan<char> piece, List<int> ids)
    {
        (double Score, int Start, int Id)[] best = Paths(piece);
        var parts = new List<(int Start, int End, int Id)>();
        for (int end = piece.Length; end > 0; end = best[end].Start)
        {
            // Unknown characters that touch are one.
            if (best[end].Id == _unknown && parts.Count > 0 && parts[^1].Id == _unknown)
            {
                parts[^1] = (best[end].Start, parts[^1].End, best[end].Id);
            }
            else
            {
                parts.Add((best[end].Start, end, best[end].Id));
            }
        }

        for (int i = parts.Count - 1; i >= 0; i--)
        {
            (int start, int end, int id) = parts[i];
            if (id != _unknown)
            {
                ids.Add(id);
            }
            else if (_vocabulary.TryGet(piece[start..end], out int whole))
            {
                ids.Add(whole);
            }
            else if (!AddBytes(piece[start..end], ids))
            {
                ids.Add(id);
            }
        }
    }

    private (double Score, int Start, int Id)[] Paths(ReadOnlySpan<char> piece)
    {
        var best = new (double Score, int Start, int Id)[piece.Length + 1];
        Array.Fill(best, (0, -1, -1), 1, piece.Length);
        int length;
        for (int start = 0; start < piece.Length; start += length)
        {
            Rune.DecodeFromUtf16(piece[start..], out _, out length);
            double before = best[start].Score;
            bool hasSingle = false;
            int node = 0;
            for (int end = start; end < piece.Length; end++)
            {
                node = _tree.Child(node, piece[end]);
                if (node < 0)
                {
                    break;
                }

                if (_tree.Id(node) is >= 0 and int id)
                {
                    Offer(ref best[end + 1], _scores[id] + before, start, id);
                    hasSingle |= end + 1 - start == length;
                }
            }

            if (!hasSingle)
            {
                Offer(
                    ref best[start + length], _unknownScore + before, start,
                    _unknown ?? throw new InvalidOperationException(
                        "Tokenizer: the text has a character that the vocabulary lacks, and there "
                        + "is no token for unknown ones; give the model an unk_id."));
            }
        }

        return best;
    }

    private static void Offer(
        ref (double Score, int Start, int Id) best, double score, int start, int id)
    {
        if (best.Start < 0 || score > best.Score)
        {
            best = (score, start, id);
        }
    }

    private bool AddBytes(ReadOnlySpan<char> text, List<int> ids)
    {
        if (_byteTokens is null)
        {
            return false;
        }

        var bytes = new byte[Encoding.UTF8.GetByteCount(text)];
        Encoding.UTF8.GetBytes(text, bytes);
        if (bytes.Any(value => _byteTokens[value] < 0))
        {
            return false;
        }

        ids.AddRange(bytes.Select(value => _byteTokens[value]));
        return true;
    }
}
