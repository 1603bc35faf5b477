using System.Text;

namespace Vitrine.Models.Tokenizers.Unicode;

/// <summary>The four normalization forms of Unicode (UAX 15).</summary>
internal static class Normalization
{
    private const int HangulBase = 0xAC00;
    private const int LeadBase = 0x1100;
    private const int VowelBase = 0x1161;
    private const int TailBase = 0x11A7;
    private const int Vowels = 21;
    private const int Tails = 28;
    private const int Syllables = 19 * Vowels * Tails;

    /// <summary>Decomposes, by compatibility too if asked; composes again if asked.</summary>
    public static string Of(string text, bool compatible, bool compose)
    {
        if (Ascii.IsValid(text))
        {
            return text;
        }

        NormalizationData data = NormalizationData.Instance;
        var points = new List<int>(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            Decompose(rune.Value, compatible, data, points);
        }

        byte[] classes = Order(points, data);
        if (compose)
        {
            Compose(points, classes, data);
        }

        var normal = new StringBuilder(text.Length);
        foreach (int point in points)
        {
            normal.Append(new Rune(point).ToString());
        }

        return normal.ToString();
    }

    private static void Decompose(
        int point, bool compatible, NormalizationData data, List<int> points)
    {
        if (point < 0xA0)
        {
            points.Add(point);
        }
        else if (point - HangulBase is >= 0 and < Syllables and int syllable)
        {
            points.Add(LeadBase + (syllable / (Vowels * Tails)));
            points.Add(VowelBase + (syllable % (Vowels * Tails) / Tails));
            if (syllable % Tails > 0)
            {
                points.Add(TailBase + (syllable % Tails));
            }
        }
        else if (data.Decomposition(point, compatible) is { } parts)
        {
            foreach (int part in parts)
            {
                Decompose(part, compatible, data, points);
            }
        }
        else
        {
            points.Add(point);
        }
    }

    /// <summary>Sorts each run of marks by class, equal ones as they stand.</summary>
    private static byte[] Order(List<int> points, NormalizationData data)
    {
        var classes = new byte[points.Count];
        for (int i = 0; i < classes.Length; i++)
        {
            classes[i] = (byte)data.Class(points[i]);
        }

        int start = 0;
        while (start < classes.Length)
        {
            int end = start + 1;
            if (classes[start] != 0)
            {
                while (end < classes.Length && classes[end] != 0)
                {
                    end++;
                }

                if (end - start > 1)
                {
                    (int Point, byte Class)[] run =
                    [
                        .. Enumerable.Range(start, end - start)
                            .Select(i => (points[i], classes[i])).OrderBy(mark => mark.Item2),
                    ];
                    for (int i = start; i < end; i++)
                    {
                        (points[i], classes[i]) = run[i - start];
                    }
                }
            }

            start = end;
        }

        return classes;
    }

    private static void Compose(List<int> points, byte[] classes, NormalizationData data)
    {
        int written = 0;
        int starter = -1;
        int last = -1;
        for (int i = 0; i < points.Count; i++)
        {
            int point = points[i];
            int rank = classes[i];

            // A mark is blocked from its starter by one of equal or higher class between them.
            if (starter >= 0 && (last < rank || last < 0)
                && Composed(points[starter], point, data) is >= 0 and int composed)
            {
                points[starter] = composed;
                continue;
            }

            if (rank == 0)
            {
                starter = written;
                last = -1;
            }
            else
            {
                last = rank;
            }

            points[written++] = point;
        }

        points.RemoveRange(written, points.Count - written);
    }

    private static int Composed(int first, int second, NormalizationData data)
    {
        if (first - LeadBase is >= 0 and < 19 and int lead
            && second - VowelBase is >= 0 and < Vowels and int vowel)
        {
            return HangulBase + (((lead * Vowels) + vowel) * Tails);
        }

        return first - HangulBase is >= 0 and < Syllables and int syllable
            && syllable % Tails == 0 && second - TailBase is > 0 and < Tails and int tail
            ? first + tail : data.Composition(first, second);
    }
}
