namespace Vitrine.Models.Tokenizers.Pipeline;

/// <summary>A token that is found in a text before anything else is done with it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">How it is spelled.</param>
/// <param name="IsSpecial">Whether it is a mark, and text only where special tokens are not to be
/// parsed.</param>
/// <param name="IsNormalized">Whether it is looked for in normalised text.</param>
/// <param name="SingleWord">Whether word characters beside it make it text.</param>
/// <param name="StripsLeft">Whether it takes the spaces before it.</param>
/// <param name="StripsRight">Whether it takes the spaces behind it.</param>
internal sealed record AddedToken(
    int Id, string Content, bool IsSpecial, bool IsNormalized = false, bool SingleWord = false,
    bool StripsLeft = false, bool StripsRight = false);
