using System.Text;
using Vitrine.Models.Tokenizers.Pipeline;

namespace Vitrine.Models.Tokenizers.Normalizers;

/// <summary>SentencePiece's own normaliser: replacements of the longest prefix, white space
/// collapsed if asked, spaces as <c>▁</c>, one of them before the text if asked.</summary>
/// <param name="Map">The replacements; null for none.</param>
/// <param name="AddsPrefix">Whether a <c>▁</c> is put before the text.</param>
/// <param name="Collapses">Whether spaces at the ends, and all but one of several, go.</param>
/// <param name="OnlyAtStart">Whether the prefix is put only where nothing stands before the
/// text; else also behind an added token.</param>
internal sealed record SentencePieceNormalizer(
    CharacterMap? Map, bool AddsPrefix, bool Collapses, bool OnlyAtStart) : INormalizer
{
    private const char Marker = '▁';

    public NormalText Apply(NormalText text)
    {
        bool begins = text.AtStart || !OnlyAtStart;
        string mapped = Map is null ? text.Text : Mapped(text.Text, Map);
        if (Collapses && begins)
        {
            mapped = mapped.TrimStart(' ');
        }

        if (mapped.Length == 0)
        {
            return text with { Text = "" };
        }

        var normal = new StringBuilder(mapped.Length + 1);
        if (AddsPrefix && begins)
        {
            normal.Append(Marker);
        }

        bool afterSpace = Collapses && begins;
        foreach (char c in mapped)
        {
            if (!(c == ' ' && afterSpace))
            {
                normal.Append(c == ' ' ? Marker : c);
            }

            afterSpace = Collapses && c == ' ';
        }

        while (Collapses && normal.Length > 0 && normal[^1] == Marker)
        {
            normal.Length--;
        }

        return text with { Text = normal.ToString() };
    }

    private static string Mapped(string text, CharacterMap map)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        var mapped = new StringBuilder(text.Length);
        for (int at = 0; at < bytes.Length;)
        {
            int length = map.Find(bytes.AsSpan(at), longest: true, out string replacement);
            if (length == 0)
            {
                Rune.DecodeFromUtf8(bytes.AsSpan(at), out Rune rune, out length);
                replacement = rune.ToString();
            }

            mapped.Append(replacement);
            at += length;
        }

        return mapped.ToString();
    }
}
