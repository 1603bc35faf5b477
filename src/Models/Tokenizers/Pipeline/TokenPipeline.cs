using System.Text;

namespace Vitrine.Models.Tokenizers.Pipeline;

/// <summary>The parts of a tokenizer: added tokens → normaliser → pre-tokenizer → encoder →
/// template, and the decoder back.</summary>
internal sealed class TokenPipeline
{
    private readonly AddedTokens _plain;
    private readonly AddedTokens _normalized;

    /// <param name="added">The added tokens, special ones first where two are spelled
    /// alike.</param>
    /// <param name="normalizer">Null to leave text as it is.</param>
    /// <param name="preTokenizer">Null to leave it whole.</param>
    /// <param name="encoder">The model.</param>
    public TokenPipeline(
        IReadOnlyList<AddedToken> added, INormalizer? normalizer, IPreTokenizer? preTokenizer,
        IPieceEncoder encoder)
    {
        (Added, Normalizer, PreTokenizer, Encoder) = (added, normalizer, preTokenizer, encoder);
        IEnumerable<AddedToken> sorted = added.OrderByDescending(token => token.IsSpecial);
        _plain = new(sorted.Where(token => !token.IsNormalized), content => content);
        _normalized = new(
            sorted.Where(token => token.IsNormalized),
            content => normalizer?.Apply(new(content, true)).Text ?? content);
    }

    /// <summary>The added tokens.</summary>
    public IReadOnlyList<AddedToken> Added { get; }

    /// <summary>The normaliser.</summary>
    public INormalizer? Normalizer { get; }

    /// <summary>The pre-tokenizer.</summary>
    public IPreTokenizer? PreTokenizer { get; }

    /// <summary>The model.</summary>
    public IPieceEncoder Encoder { get; }

    /// <summary>The template.</summary>
    public InputTemplate Template { get; init; } = InputTemplate.Plain;

    /// <summary>The decoder; without one, tokens are joined by spaces.</summary>
    public IDecoder? Decoder { get; init; }

    /// <summary>Adds the ids of a text's tokens, without those of the template.</summary>
    public void Encode(string text, bool allowSpecial, List<int> ids)
    {
        if (text.Length == 0)
        {
            return;
        }

        if (_plain.IsEmpty)
        {
            EncodeText(new NormalText(text, AtStart: true), allowSpecial, ids);
            return;
        }

        var parts = new List<(AddedToken? Token, int Start, int End)>();
        _plain.Find(text, allowSpecial, parts);
        foreach ((AddedToken? token, int start, int end) in parts)
        {
            if (token is null)
            {
                EncodeText(new NormalText(text[start..end], start == 0), allowSpecial, ids);
            }
            else
            {
                ids.Add(token.Id);
            }
        }
    }

    /// <summary>The text of tokens given as they are spelled.</summary>
    public string Decode(List<string> tokens) =>
        Decoder is null ? string.Join(' ', tokens) : string.Concat(Decoder.Decode(tokens));

    private void EncodeText(NormalText text, bool allowSpecial, List<int> ids)
    {
        text = Normalizer?.Apply(text) ?? text;
        if (text.Text.Length == 0)
        {
            return;
        }

        var whole = new Piece(text.Text.AsMemory(), text.AtStart);
        if (_normalized.IsEmpty)
        {
            EncodePiece(whole, ids);
            return;
        }

        var parts = new List<(AddedToken? Token, int Start, int End)>();
        _normalized.Find(text.Text, allowSpecial, parts);
        foreach ((AddedToken? token, int start, int end) in parts)
        {
            if (token is null)
            {
                EncodePiece(whole.Slice(start, end), ids);
            }
            else
            {
                ids.Add(token.Id);
            }
        }
    }

    private void EncodePiece(Piece piece, List<int> ids)
    {
        if (PreTokenizer is null)
        {
            Encoder.Encode(piece.Text.Span, ids);
            return;
        }

        var pieces = new List<Piece>();
        PreTokenizer.Split(piece, pieces);
        foreach (Piece part in pieces)
        {
            Encoder.Encode(part.Text.Span, ids);
        }
    }
}
