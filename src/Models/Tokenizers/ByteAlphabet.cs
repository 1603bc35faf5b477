namespace Vitrine.Models.Tokenizers;

/// <summary>
/// The characters that stand for bytes in GPT-2's <c>vocab.json</c> and <c>merges.txt</c>: a byte
/// that prints in Latin-1 is its own character, the other 68, in order, are U+0100 and on (so a
/// space is <c>Ġ</c>).
/// </summary>
internal static class ByteAlphabet
{
    private static readonly char[] Characters = MakeCharacters();
    private static readonly short[] Values = MakeValues();

    /// <summary>Writes bytes in the alphabet.</summary>
    public static string Spell(ReadOnlySpan<byte> bytes) => string.Create(
        bytes.Length,
        bytes,
        static (text, bytes) =>
        {
            for (int i = 0; i < text.Length; i++)
            {
                text[i] = Characters[bytes[i]];
            }
        });

    /// <summary>Reads what <see cref="Spell"/> wrote; false if a character stands for no
    /// byte.</summary>
    public static bool TryRead(ReadOnlySpan<char> text, Span<byte> bytes)
    {
        for (int i = 0; i < text.Length; i++)
        {
            short value = text[i] < Values.Length ? Values[text[i]] : (short)-1;
            if (value < 0)
            {
                return false;
            }

            bytes[i] = (byte)value;
        }

        return true;
    }

    private static char[] MakeCharacters()
    {
        var characters = new char[256];
        int shifted = 0;
        for (int value = 0; value < characters.Length; value++)
        {
            bool prints = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or >= 0xAE;
            characters[value] = prints ? (char)value : (char)(256 + shifted++);
        }

        return characters;
    }

    private static short[] MakeValues()
    {
        var values = new short[Characters.Max() + 1];
        values.AsSpan().Fill(-1);
        for (int value = 0; value < Characters.Length; value++)
        {
            values[Characters[value]] = (short)value;
        }

        return values;
    }
}
