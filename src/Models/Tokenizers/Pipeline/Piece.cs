namespace Vitrine.Models.Tokenizers.Pipeline;

/// <summary>A part of a text that tokens do not cross.</summary>
/// <param name="Text">The characters.</param>
/// <param name="AtStart">As in <see cref="NormalText"/>.</param>
internal readonly record struct Piece(ReadOnlyMemory<char> Text, bool AtStart)
{
    /// <summary>A part of it.</summary>
    public Piece Slice(int start, int end) => new(Text[start..end], AtStart && start == 0);
}

/// <summary>Cuts a text into pieces.</summary>
internal interface IPreTokenizer
{
    /// <summary>Adds the pieces of a piece, none of them empty.</summary>
    void Split(Piece piece, List<Piece> pieces);
}

/// <summary>Finds the tokens of a piece.</summary>
internal interface IPieceEncoder
{
    /// <summary>Adds the ids of a piece's tokens.</summary>
    void Encode(ReadOnlySpan<char> piece, List<int> ids);
}

/// <summary>Turns tokens into the parts of a text.</summary>
internal interface IDecoder
{
    /// <summary>The parts that tokens, or parts of an earlier decoder, become.</summary>
    List<string> Decode(List<string> tokens);
}
