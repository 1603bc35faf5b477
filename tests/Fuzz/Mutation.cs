using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Vitrine.Fuzz;

/// <summary>Damages a file: its bytes, its numbers, its lines.</summary>
internal static partial class Mutation
{
    private static readonly string[] Numbers =
    [
        "0", "1", "-1", "2", "1.5", "255", "256", "65535", "65536", "1000000", "2147483647",
        "2147483648", "-2147483648", "4294967296", "9223372036854775807", "9223372036854775808",
        "1e308", "1e999", "-0", "00", "1e-400", "NaN", "99999999999999999999999999999999",
    ];

    /// <summary>One to four changes.</summary>
    public static byte[] Bytes(byte[] file, Random random)
    {
        byte[] changed = file;
        for (int change = random.Next(1, 5); change > 0; change--)
        {
            changed = random.Next(8) switch
            {
                0 => Flipped(changed, random),
                1 => [.. changed.AsSpan(0, At(changed, random))],
                2 => Cut(changed, random),
                3 => Repeated(changed, random),
                4 => Inserted(changed, random),
                5 => Filled(changed, random),
                6 => Number(changed, random),
                _ => Swapped(changed, random),
            };
        }

        return changed;
    }

    /// <summary>Another number in a number's place.</summary>
    public static byte[] Number(byte[] file, Random random)
    {
        string text = Encoding.Latin1.GetString(file);
        MatchCollection numbers = Digits().Matches(text);
        if (numbers.Count == 0)
        {
            return Flipped(file, random);
        }

        Match number = numbers[random.Next(numbers.Count)];
        string other = random.Next(3) == 0
                && long.TryParse(number.Value, CultureInfo.InvariantCulture, out long value)
            ? (value + random.Next(-2, 3)).ToString(CultureInfo.InvariantCulture)
            : Numbers[random.Next(Numbers.Length)];
        return Encoding.Latin1.GetBytes(
            text[..number.Index] + other + text[(number.Index + number.Length)..]);
    }

    /// <summary>One to three other whole numbers of 1, 4 or 8 bytes, more of them where the file
    /// begins.</summary>
    public static byte[] Integers(byte[] file, Random random)
    {
        byte[] changed = [.. file];
        for (int change = random.Next(1, 4); change > 0 && changed.Length >= 8; change--)
        {
            int at = random.Next(1 + random.Next(changed.Length - 7));
            int size = random.Next(5) switch { 0 => 1, 1 or 2 => 4, _ => 8 };
            long value = BitConverter.ToInt64(changed, at);
            long other = random.Next(4) switch
            {
                0 => value + random.Next(-2, 3),
                1 => random.Next(50),
                2 => 1L << random.Next(64),
                _ => (1L << random.Next(64)) - 1,
            };
            BitConverter.GetBytes(other).AsSpan(0, size).CopyTo(changed.AsSpan(at));
        }

        return changed;
    }

    private static int At(byte[] file, Random random) => random.Next(file.Length + 1);

    private static byte[] Flipped(byte[] file, Random random)
    {
        byte[] changed = [.. file];
        for (int i = random.Next(1, 4); i > 0 && changed.Length > 0; i--)
        {
            changed[random.Next(changed.Length)] ^= (byte)(1 << random.Next(8));
        }

        return changed;
    }

    private static (int From, int To) Range(byte[] file, Random random)
    {
        int from = At(file, random);
        return (from, Math.Min(file.Length, from + random.Next(1, 65)));
    }

    private static byte[] Cut(byte[] file, Random random)
    {
        (int from, int to) = Range(file, random);
        return [.. file.AsSpan(0, from), .. file.AsSpan(to)];
    }

    private static byte[] Repeated(byte[] file, Random random)
    {
        (int from, int to) = Range(file, random);
        return [.. file.AsSpan(0, to), .. file.AsSpan(from)];
    }

    private static byte[] Inserted(byte[] file, Random random)
    {
        var noise = new byte[random.Next(1, 33)];
        random.NextBytes(noise);
        int at = At(file, random);
        return [.. file.AsSpan(0, at), .. noise, .. file.AsSpan(at)];
    }

    private static byte[] Filled(byte[] file, Random random)
    {
        byte[] changed = [.. file];
        (int from, int to) = Range(file, random);
        changed.AsSpan(from..to).Fill((byte)(random.Next(2) == 0 ? 0 : random.Next(256)));
        return changed;
    }

    private static byte[] Swapped(byte[] file, Random random)
    {
        string[] lines = Encoding.Latin1.GetString(file).Split('\n');
        int one = random.Next(lines.Length);
        int other = random.Next(lines.Length);
        (lines[one], lines[other]) = (lines[other], lines[one]);
        return Encoding.Latin1.GetBytes(string.Join('\n', lines));
    }

    [GeneratedRegex("-?[0-9]+(?:\\.[0-9]+)?")]
    private static partial Regex Digits();
}
