namespace Vitrine.Models.Tokenizers;

/// <summary>The kind of text in a token: the seven classes used to colour maps and
/// tables.</summary>
public enum TokenClass
{
    /// <summary>A space, then letters that begin with a lower-case one: <c>"
    /// congress"</c>.</summary>
    Word,

    /// <summary>Letters that begin with a capital, with or without a leading space: <c>"
    /// Congress"</c>, <c>"The"</c>.</summary>
    CapitalisedWord,

    /// <summary>Letters without a leading space that do not begin with a capital:
    /// <c>"ress"</c>.</summary>
    Piece,

    /// <summary>Digits and other number characters, with or without a leading space.</summary>
    Number,

    /// <summary>Any other printing characters.</summary>
    Punctuation,

    /// <summary>Only spaces, line breaks, control or format characters; special tokens
    /// too.</summary>
    SpaceOrControl,

    /// <summary>Bytes that are not a whole number of UTF-8 characters.</summary>
    PartialUtf8,
}
