using System.Text;
using Vitrine.Models.Tokenizers.Pipeline;
using Vitrine.Models.Tokenizers.Unicode;

namespace Vitrine.Models.Tokenizers.Normalizers;

/// <summary>Maps every character to another, or removes it.</summary>
/// <param name="Map">The code point that one becomes; negative to remove it.</param>
internal sealed record CharacterFilter(Func<int, int> Map) : INormalizer
{
    private const int Removed = -1;

    /// <summary>Removes marks, as they stand in decomposed text.</summary>
    public static CharacterFilter StripAccents { get; } = new(
        value => CharacterKind.IsMark(value) ? Removed : value);

    /// <summary>Removes the marks that BERT removes.</summary>
    public static CharacterFilter BertAccents { get; } = new(
        value => CharacterKind.IsNonSpacingMark(value) ? Removed : value);

    /// <summary>Removes control characters and makes every white space a space, as BERT
    /// does.</summary>
    public static CharacterFilter BertClean { get; } = new(
        value => value is 0 or 0xFFFD || CharacterKind.IsControl(value) ? Removed
            : CharacterKind.IsSpace(value) ? ' ' : value);

    /// <summary>The cleaning of Moses' <c>nmt</c> rules.</summary>
    public static CharacterFilter Nmt { get; } = new(value => value switch
    {
        (>= 1 and <= 8) or 0xB or (>= 0xE and <= 0x1F) or 0x7F or 0x8F or 0x9F => Removed,
        9 or 0xA or 0xC or 0xD or 0x1680 or (>= 0x200B and <= 0x200F) or 0x2028 or 0x2029
            or 0x2581 or 0xFEFF or 0xFFFD => ' ',
        _ => value,
    });

    public NormalText Apply(NormalText text)
    {
        var kept = new StringBuilder(text.Text.Length);
        bool atStart = text.AtStart;
        bool first = true;
        foreach (Rune rune in text.Text.EnumerateRunes())
        {
            int value = Map(rune.Value);
            if (value >= 0)
            {
                kept.Append(new Rune(value).ToString());
            }
            else if (first)
            {
                atStart = false;
            }

            first = false;
        }

        return new NormalText(kept.ToString(), atStart);
    }
}
