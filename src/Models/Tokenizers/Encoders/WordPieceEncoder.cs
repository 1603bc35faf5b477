using System.Text;
using Vitrine.Models.Tokenizers.Pipeline;

namespace Vitrine.Models.Tokenizers.Encoders;

/// <summary>WordPiece: from the left, the longest token that fits; a piece that cannot be made of
/// tokens is unknown as a whole.</summary>
/// <param name="vocabulary">The tokens.</param>
/// <param name="unknown">The token of what cannot be encoded.</param>
/// <param name="prefix">What a token that does not begin a piece is spelled with.</param>
/// <param name="longest">The most characters of a piece.</param>
internal sealed class WordPieceEncoder(
    VocabularyIndex vocabulary, UnknownToken unknown, string prefix, int longest) : IPieceEncoder
{
    public void Encode(ReadOnlySpan<char> piece, List<int> ids)
    {
        int characters = 0;
        foreach (Rune _ in piece.EnumerateRunes())
        {
            characters++;
        }

        int start = ids.Count;
        int at = 0;
        while (at < piece.Length && characters <= longest)
        {
            int end = Math.Min(piece.Length, at + vocabulary.Longest);
            if (!Longest(piece, at, ref end, out int id))
            {
                break;
            }

            ids.Add(id);
            at = end;
        }

        if (at < piece.Length)
        {
            ids.RemoveRange(start, ids.Count - start);
            ids.Add(unknown.Id);
        }
    }

    private bool Longest(ReadOnlySpan<char> piece, int at, ref int end, out int id)
    {
        string spelled = at == 0 ? "" : string.Concat(prefix, piece[at..end]);
        for (; end > at; end--)
        {
            bool cutsCharacter = end < piece.Length && char.IsLowSurrogate(piece[end]);
            ReadOnlySpan<char> token = at == 0
                ? piece[..end] : spelled.AsSpan(0, prefix.Length + end - at);
            if (!cutsCharacter && vocabulary.TryGet(token, out id))
            {
                return true;
            }
        }

        id = -1;
        return false;
    }
}

/// <summary>A piece is a token, or unknown.</summary>
/// <param name="vocabulary">The tokens.</param>
/// <param name="unknown">The token of all others.</param>
internal sealed class WordLevelEncoder(VocabularyIndex vocabulary, UnknownToken unknown)
    : IPieceEncoder
{
    public void Encode(ReadOnlySpan<char> piece, List<int> ids) =>
        ids.Add(vocabulary.TryGet(piece, out int id) ? id : unknown.Id);
}
