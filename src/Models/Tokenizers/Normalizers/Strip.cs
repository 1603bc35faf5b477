using Vitrine.Models.Tokenizers.Pipeline;
using Vitrine.Models.Tokenizers.Unicode;

namespace Vitrine.Models.Tokenizers.Normalizers;

/// <summary>Removes the white space at the ends of a text.</summary>
internal sealed record Strip(bool Left, bool Right) : INormalizer
{
    public NormalText Apply(NormalText text)
    {
        int start = 0;
        int end = text.Text.Length;
        while (Left && start < end && CharacterKind.IsSpace(text.Text[start]))
        {
            start++;
        }

        while (Right && end > start && CharacterKind.IsSpace(text.Text[end - 1]))
        {
            end--;
        }

        return new NormalText(text.Text[start..end], text.AtStart && start == 0);
    }
}
