namespace Vitrine.Models.Tokenizers;

/// <summary>What kind of text a token is: the seven classes that maps and tables colour
/// by.</summary>
public enum TokenClass
{
    /// <summary>A space, then letters that begin with a lower-case one: <c>"
    /// congress"</c>.</summary>
    Word,

    /// <summary>Letters that begin with a capital, with or without a space in front: <c>"
    /// Congress"</c>, <c>"The"</c>.</summary>
    CapitalisedWord,

    /// <summary>Letters without a space in front that begin with none of the capitals:
    /// <c>"ress"</c>.</summary>
    Piece,

    /// <summary>Digits and other number characters, with or without a space in front.</summary>
    Number,

    /// <summary>Any other characters that print.</summary>
    Punctuation,

    /// <summary>Only spaces, line breaks, control or format characters; special tokens
    /// too.</summary>
    SpaceOrControl,

    /// <summary>Bytes that are no whole number of UTF-8 characters.</summary>
    PartialUtf8,
}
