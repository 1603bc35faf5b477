using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Vitrine.Models.Tokenizers.Pipeline;

namespace Vitrine.Models.Tokenizers.Normalizers;

/// <summary>The replacements that a SentencePiece model carries: a double-array trie (Darts) of
/// what is replaced, and the replacements, each ended by a zero.</summary>
internal sealed class CharacterMap
{
    private readonly uint[] _units;
    private readonly byte[] _replacements;

    /// <exception cref="InvalidDataException">It is cut short, or its trie is not of whole
    /// units.</exception>
    public CharacterMap(ReadOnlySpan<byte> data)
    {
        uint length = data.Length >= 4 ? BinaryPrimitives.ReadUInt32LittleEndian(data) : 0;
        if (data.Length < 8 || length % 4 != 0 || length < 4 || length > data.Length - 4)
        {
            throw new InvalidDataException(
                "a precompiled character map must be the length of its trie, the trie, and the "
                + $"replacements; got {data.Length:N0} bytes and a trie of {length:N0}.");
        }

        _units = new uint[length / 4];
        for (int i = 0; i < _units.Length; i++)
        {
            _units[i] = BinaryPrimitives.ReadUInt32LittleEndian(data[(4 + (4 * i))..]);
        }

        _replacements = data[(4 + (int)length)..].ToArray();
    }

    /// <summary>The replacement of the longest, or the shortest, prefix that has one.</summary>
    /// <returns>The length of the prefix; 0 if none has one.</returns>
    public int Find(ReadOnlySpan<byte> text, bool longest, out string replacement)
    {
        int found = 0;
        uint value = 0;
        long at = Offset(_units[0]);
        for (int i = 0; i < text.Length && text[i] != 0; i++)
        {
            at ^= text[i];
            if (at >= _units.Length || (_units[at] & ((1u << 31) | 0xFF)) != text[i])
            {
                break;
            }

            uint unit = _units[at];
            at ^= Offset(unit);
            if ((unit >> 8 & 1) != 0 && at < _units.Length)
            {
                found = i + 1;
                value = _units[at] & 0x7FFFFFFF;
                if (!longest)
                {
                    break;
                }
            }
        }

        replacement = "";
        if (found > 0 && value < _replacements.Length)
        {
            ReadOnlySpan<byte> bytes = _replacements.AsSpan((int)value);
            int end = bytes.IndexOf((byte)0);
            replacement = Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
        }

        return found;
    }

    private static uint Offset(uint unit) => (unit >> 10) << (int)((unit & (1u << 9)) >> 6);
}

/// <summary>Applies a character map as tokenizer.json does: to a grapheme of under 6 bytes as a
/// whole, else to its characters.</summary>
internal sealed record Precompiled(CharacterMap Map) : INormalizer
{
    public NormalText Apply(NormalText text)
    {
        var mapped = new StringBuilder(text.Text.Length);
        TextElementEnumerator graphemes = StringInfo.GetTextElementEnumerator(text.Text);
        while (graphemes.MoveNext())
        {
            string grapheme = graphemes.GetTextElement();
            byte[] bytes = Encoding.UTF8.GetBytes(grapheme);
            if (bytes.Length < 6 && Map.Find(bytes, longest: false, out string whole) > 0)
            {
                mapped.Append(whole);
                continue;
            }

            foreach (Rune rune in grapheme.EnumerateRunes())
            {
                string one = rune.ToString();
                bool replaced = Map.Find(
                    Encoding.UTF8.GetBytes(one), longest: false, out string replacement) > 0;
                mapped.Append(replaced ? replacement : one);
            }
        }

        return text with { Text = mapped.ToString() };
    }
}
