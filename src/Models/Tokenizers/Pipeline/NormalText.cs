namespace Vitrine.Models.Tokenizers.Pipeline;

/// <summary>A text on its way through normalisers.</summary>
/// <param name="Text">As it is now.</param>
/// <param name="AtStart">Whether its first character comes from the start of what was to be
/// encoded: some tokenizers put a space only there.</param>
internal readonly record struct NormalText(string Text, bool AtStart);

/// <summary>Changes a text before it is cut.</summary>
internal interface INormalizer
{
    /// <summary>The text changed.</summary>
    NormalText Apply(NormalText text);
}
