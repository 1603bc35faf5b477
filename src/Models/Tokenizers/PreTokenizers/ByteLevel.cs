using System.Text;
using Vitrine.Models.Tokenizers.Pipeline;

namespace Vitrine.Models.Tokenizers.PreTokenizers;

/// <summary>Spells a piece's bytes in GPT-2's alphabet, after cutting it as GPT-2 does if
/// asked.</summary>
internal sealed record ByteLevel(bool AddsPrefixSpace, bool CutsWords)
    : IPreTokenizer, INormalizer, IDecoder
{
    public NormalText Apply(NormalText text) => text with { Text = Spelled(text.Text) };

    void IPreTokenizer.Split(Piece piece, List<Piece> pieces)
    {
        ReadOnlySpan<char> text = piece.Text.Span;
        text = AddsPrefixSpace && !text.StartsWith(' ') ? $" {text}" : text;
        bool atStart = piece.AtStart;
        while (!text.IsEmpty)
        {
            int length = CutsWords ? WordSplitter.First(text) : text.Length;
            pieces.Add(new Piece(Spelled(text[..length]).AsMemory(), atStart));
            text = text[length..];
            atStart = false;
        }
    }

    /// <summary>The bytes of all tokens; a token that is not in the alphabet stands for its own
    /// UTF-8.</summary>
    public List<string> Decode(List<string> tokens)
    {
        var bytes = new List<byte>();
        foreach (string token in tokens)
        {
            bytes.AddRange(BytesOf(token));
        }

        return [Encoding.UTF8.GetString(bytes.ToArray())];
    }

    /// <summary>The bytes that a token stands for.</summary>
    public static byte[] BytesOf(string token)
    {
        var bytes = new byte[token.Length];
        return ByteAlphabet.TryRead(token, bytes) ? bytes : Encoding.UTF8.GetBytes(token);
    }

    private static string Spelled(ReadOnlySpan<char> text)
    {
        int count = Encoding.UTF8.GetByteCount(text);
        Span<byte> bytes = count <= 512 ? stackalloc byte[512] : new byte[count];
        Encoding.UTF8.GetBytes(text, bytes);
        return ByteAlphabet.Spell(bytes[..count]);
    }
}
