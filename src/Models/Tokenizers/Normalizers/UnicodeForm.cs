using Vitrine.Models.Tokenizers.Pipeline;
using Vitrine.Models.Tokenizers.Unicode;

namespace Vitrine.Models.Tokenizers.Normalizers;

/// <summary>NFC, NFD, NFKC or NFKD.</summary>
internal sealed record UnicodeForm(bool Compatible, bool Compose) : INormalizer
{
    public NormalText Apply(NormalText text) =>
        text with { Text = Normalization.Of(text.Text, Compatible, Compose) };
}

/// <summary>Lower case, character by character.</summary>
internal sealed record Lowercase : INormalizer
{
    public NormalText Apply(NormalText text) =>
        text with { Text = CharacterKind.Lower(text.Text) };
}

/// <summary>Several normalisers in order.</summary>
internal sealed record NormalizerSequence(IReadOnlyList<INormalizer> Parts) : INormalizer
{
    public NormalText Apply(NormalText text) =>
        Parts.Aggregate(text, (current, part) => part.Apply(current));
}

/// <summary>Puts a text before every text that is not empty.</summary>
internal sealed record Prepend(string Content) : INormalizer
{
    public NormalText Apply(NormalText text) =>
        text.Text.Length == 0 ? text : text with { Text = Content + text.Text };
}
