using System.Text;
using Vitrine.Models.Tokenizers.Pipeline;
using Vitrine.Models.Tokenizers.Unicode;

namespace Vitrine.Models.Tokenizers.Normalizers;

/// <summary>BERT's normaliser.</summary>
/// <param name="Clean">Whether control characters go and white space becomes spaces.</param>
/// <param name="SpaceChinese">Whether Chinese characters get spaces around them.</param>
/// <param name="StripAccents">Whether text is decomposed and loses its accents.</param>
/// <param name="Lower">Whether it becomes lower case.</param>
internal sealed record Bert(bool Clean, bool SpaceChinese, bool StripAccents, bool Lower)
    : INormalizer
{
    public NormalText Apply(NormalText text)
    {
        text = Clean ? CharacterFilter.BertClean.Apply(text) : text;
        text = SpaceChinese ? text with { Text = Spaced(text.Text) } : text;
        text = StripAccents ? CharacterFilter.BertAccents.Apply(
            text with { Text = Normalization.Of(text.Text, compatible: false, compose: false) })
            : text;
        return Lower ? text with { Text = CharacterKind.Lower(text.Text) } : text;
    }

    private static string Spaced(string text)
    {
        var spaced = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            _ = CharacterKind.IsChinese(rune.Value)
                ? spaced.Append(' ').Append(rune.ToString()).Append(' ')
                : spaced.Append(rune.ToString());
        }

        return spaced.ToString();
    }
}
