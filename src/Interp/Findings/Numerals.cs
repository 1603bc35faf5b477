using System.Globalization;
using Vitrine.Models;

namespace Vitrine.Interp.Findings;

/// <summary>Numbers in sentences and tables, as terminal and page show them; the explorer's
/// <c>numbers.js</c> has the same rules.</summary>
internal static class Numerals
{
    /// <summary>A number of things: <c>1 step</c>, <c>2,200 steps</c>.</summary>
    public static string Counted(double value, string name) =>
        $"{Count(value)} {name}{(value == 1 ? "" : "s")}";

    /// <summary>Words of a list: <c>a, b and c</c>.</summary>
    public static string Listed(IReadOnlyList<string> words) => words.Count < 2
        ? string.Concat(words)
        : $"{string.Join(", ", words.SkipLast(1))} and {words[^1]}";

    /// <summary><c>50,257</c>.</summary>
    public static string Count(double value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary><c>6.48 M</c>, <c>12.3 k</c>.</summary>
    public static string Rounded(double value) =>
        value switch
        {
            >= 1e6 => $"{Fixed(value / 1e6, 2)} M",
            >= 1e4 => $"{Fixed(value / 1e3, 1)} k",
            _ => Count(value),
        };

    /// <summary>Two decimals; a minus sign, never a hyphen.</summary>
    public static string Score(double value) => Fixed(value, 2);

    /// <summary>A residual: <c>2 × 10⁻⁶</c>, from 0.001 on its first digits.</summary>
    public static string Residual(double value)
    {
        if (Math.Abs(value) is 0 or >= 0.001)
        {
            return Error(value);
        }

        string[] parts = value.ToString("0e+0", CultureInfo.InvariantCulture).Split('e');
        string exponent = string.Concat(
            parts[1].TrimStart('+').Select(c => c == '-' ? '⁻' : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c - '0']));
        return $"{parts[0].Replace('-', '\u2212')} × 10{exponent}";
    }

    /// <summary>A weight or a probability: <c>&lt;0.01</c> where it would round to zero.</summary>
    public static string Weight(double value) => value is > 0 and < 0.005 ? "<0.01" : Score(value);

    /// <summary>Logits and their parts: always signed, never a signed zero.</summary>
    public static string Signed(double value, int decimals = 2) =>
        Fixed(value, decimals) is var text && value > 0 && text.Any(c => c is > '0' and <= '9')
            ? "+" + text
            : text;

    /// <summary>A residual on the console: one digit and its power of ten.</summary>
    public static string Tiny(double value) =>
        value.ToString("0e-00", CultureInfo.InvariantCulture);

    /// <summary>A small error: two decimals, or its first digit below 0.01.</summary>
    public static string Error(double value) =>
        value is > 0 and < 0.01
            ? Fixed(value, (int)Math.Ceiling(-Math.Log10(value)))
            : Score(value);

    /// <summary><c>12.1%</c>, <c>&lt;0.1%</c>.</summary>
    public static string Percent(double share, int digits = 1)
    {
        double smallest = Math.Pow(10, -digits);
        return share > 0 && share * 100 < smallest / 2 ? $"<{Fixed(smallest, digits)}%"
            : share == 0 ? "0%"
            : $"{Fixed(share * 100, digits)}%";
    }

    /// <summary><c>36.1×</c>.</summary>
    public static string Times(double lift) =>
        lift switch
        {
            0 => "0×",
            >= 1000 => $"{Count(lift)}×",
            > 0 and < 0.05 => "<0.1×",
            _ => $"{Fixed(lift, 1)}×",
        };

    /// <summary>A number per layer: <c>2</c>, or <c>2, 4 by layer</c> if they differ.</summary>
    /// <param name="layers">The layers.</param>
    /// <param name="number">The number of one.</param>
    /// <param name="each">The suffix where they agree: <c> a layer</c>.</param>
    public static string ByLayer<T>(
        PerLayer<T> layers, Func<T, int> number, string each = "")
        where T : class, IEquatable<T>
    {
        int[] all = [.. Enumerable.Range(0, layers.Count).Select(layer => number(layers[layer]))];
        return all.Distinct().Count() == 1
            ? $"{all[0]}{each}" : $"{string.Join(", ", all)} by layer";
    }

    /// <summary><c>3 min 12 s</c>.</summary>
    public static string Duration(double seconds)
    {
        long whole = (long)Math.Round(seconds);
        return whole >= 60 ? $"{whole / 60} min {whole % 60} s" : $"{whole} s";
    }

    /// <summary>A fixed number of decimals; a minus sign, never a hyphen, never a signed
    /// zero.</summary>
    public static string Fixed(double value, int digits = 3)
    {
        // JavaScript's toFixed rounds halves away from zero, as does this.
        string text = Math.Abs(value).ToString("F" + digits, CultureInfo.InvariantCulture);
        return value < 0 && text.Any(c => c is > '0' and <= '9') ? "\u2212" + text : text;
    }
}
