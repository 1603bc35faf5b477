using System.Text;

namespace Vitrine.Models.Tests.Tokenizers.Published;

/// <summary>Texts of every awkward kind, made of random parts.</summary>
internal static class GeneratedText
{
    private static readonly (int First, int Last)[] Scripts =
    [
        (0x20, 0x7E), (0x20, 0x7E), (0x41, 0x5A), (0x61, 0x7A), (0x61, 0x7A), (0x30, 0x39),
        (0xA0, 0xFF), (0x100, 0x24F), (0x250, 0x2FF), (0x300, 0x36F), (0x370, 0x3FF),
        (0x400, 0x4FF), (0x531, 0x58A), (0x591, 0x5F4), (0x600, 0x6FF), (0x700, 0x74F),
        (0x900, 0x97F), (0x980, 0x9FE), (0xA01, 0xA76), (0xB80, 0xBFA), (0xC00, 0xC7F),
        (0xE01, 0xE5B), (0xE81, 0xEDF), (0xF00, 0xFDA), (0x1000, 0x109F), (0x10A0, 0x10FF),
        (0x1100, 0x11FF), (0x1200, 0x137C), (0x13A0, 0x13FD), (0x1680, 0x169C), (0x1780, 0x17F9),
        (0x1800, 0x1878), (0x1E00, 0x1EFF), (0x1F00, 0x1FFE), (0x2000, 0x206F), (0x2070, 0x209C),
        (0x20A0, 0x20C0), (0x2100, 0x218B), (0x2190, 0x23FF), (0x2460, 0x24FF), (0x2600, 0x27BF),
        (0x2E80, 0x2FD5), (0x3000, 0x303F), (0x3041, 0x30FF), (0x3131, 0x318E), (0x3200, 0x33FF),
        (0x4E00, 0x9FFF), (0xA000, 0xA4C6), (0xA640, 0xA6F7), (0xAC00, 0xD7A3), (0xE000, 0xE0FF),
        (0xF900, 0xFAD9), (0xFB00, 0xFB4F), (0xFB50, 0xFDFF), (0xFE00, 0xFE4F), (0xFE70, 0xFEFF),
        (0xFF00, 0xFFEF), (0xFFF9, 0xFFFF), (0x10000, 0x100FA), (0x10400, 0x104FF),
        (0x10900, 0x1091B), (0x11000, 0x1107F), (0x12000, 0x12399), (0x13000, 0x1342E),
        (0x16A0, 0x16F8), (0x1D100, 0x1D1E8), (0x1D400, 0x1D7FF), (0x1EE00, 0x1EEF1),
        (0x1F000, 0x1F0F5), (0x1F100, 0x1F1FF), (0x1F300, 0x1F64F), (0x1F680, 0x1F6FC),
        (0x1F900, 0x1F9FF), (0x20000, 0x2A6DF), (0x2F800, 0x2FA1D), (0xE0020, 0xE007F),
        (0xE0100, 0xE01EF), (0xF0000, 0xF00FF), (0x10FF00, 0x10FFFD),
    ];

    private static readonly string[] Fragments =
    [
        "'s", "'t", "'re", "'ve", "'m", "'ll", "'d", "'S", "'LL", "'Re", "’s", "'ſ", "n't", " do not",
        "don't", "I'm", " the", "The", " Congress", "states", "unbelievable", "antidisestablishment",
        "3.14159", "1,000,000", "00000", "12345678", " 2024", "½", "²", "٣٤", "१२३",
        "👨‍👩‍👧‍👦", "👍🏽", "🇩🇪🇫🇷", "e\u0301", "a\u0323\u0302", "\u1100\u1161\u11A8", "ﬁ", "①", "ﷺ", "㎏", "İ", "ß", "ŉ",
        "ẞ", "Å", "K", "ǅ", "𝐀𝐁", "𐐀𐐨", "𝟘𝟙", "𠮷野家", "नमस्ते", "สวัสดี", "مرحبا", "שלום", "привет",
        "你好世界", "こんにちは", "안녕하세요", "\u200B", "\u200C", "\u200D", "\uFEFF", "\u00AD",
        "\u2028", "\u2029", "\u0085", "\u00A0", "\u3000", "\u180E", "\uFFFD", "\0", "\u0001", "\u0004",
        "\u001B[0m", "\u007F", "▁", "▁▁", "Ġ", "##", "##ing", "</w>", "<0x41>", "<0xE2>", "[UNK]", "[CLS]",
        "[SEP]", "[MASK]", "<s>", "</s>", "<unk>", "<pad>", "<mask>", "<|endoftext|>", "<|im_start|>",
        "<|im_end|>", "<|eot_id|>", "<|im_start", "<|", "|>", "QQ", "aQQ", " QQ ", "XY", " xy", "xyz",
        "http://a.b/c?d=e&f#g", "a@b.co", "def f(x):\n    return x ** 2\n", "{\"a\": [1, 2]}", "-->",
        "\\n", "====", "!!!", "...", "…", "—", "`code`", "$x^2$", "C++", "#1", "_a_b_",
    ];

    private static readonly string[] Spaces =
        [" ", " ", " ", "  ", "   ", "\n", "\n\n", "\r\n", "\t", " \n", "\n ", "\t\t", " \t "];

    /// <summary>A text that the random numbers decide.</summary>
    /// <param name="random">The numbers.</param>
    /// <param name="wellFormed">Whether halves of surrogate pairs are left out.</param>
    public static string Next(Random random, bool wellFormed = true)
    {
        var text = new StringBuilder();
        int parts = random.Next(1, random.Next(2, 14));
        for (int i = 0; i < parts; i++)
        {
            switch (random.Next(10))
            {
                case 0 or 1 or 2:
                    Script(random, text);
                    break;
                case 3 or 4 or 5:
                    text.Append(Fragments[random.Next(Fragments.Length)]);
                    break;
                case 6 or 7:
                    text.Append(Spaces[random.Next(Spaces.Length)]);
                    break;
                case 8:
                    Run(random, text);
                    break;
                default:
                    Any(random, text, wellFormed);
                    break;
            }
        }

        return text.ToString();
    }

    private static void Script(Random random, StringBuilder text)
    {
        (int first, int last) = Scripts[random.Next(Scripts.Length)];
        int length = random.Next(1, 9);
        for (int i = 0; i < length; i++)
        {
            text.Append(new Rune(random.Next(first, last + 1)).ToString());
        }
    }

    private static void Run(Random random, StringBuilder text)
    {
        string unit = random.Next(5) switch
        {
            0 => " ",
            1 => "\n",
            2 => ((char)random.Next('0', '9' + 1)).ToString(),
            3 => ((char)random.Next(0x21, 0x7F)).ToString(),
            _ => Fragments[random.Next(Fragments.Length)],
        };
        int length = random.Next(1, unit.Length == 1 ? 30 : 4);
        for (int i = 0; i < length; i++)
        {
            text.Append(unit);
        }
    }

    private static void Any(Random random, StringBuilder text, bool wellFormed)
    {
        int length = random.Next(1, 5);
        for (int i = 0; i < length; i++)
        {
            int value = random.Next(0x110000);
            if (Rune.IsValid(value))
            {
                text.Append(new Rune(value).ToString());
            }
            else if (!wellFormed)
            {
                text.Append((char)value);
            }
        }
    }
}
