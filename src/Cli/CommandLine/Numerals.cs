using System.Globalization;

namespace Vitrine.Cli.CommandLine;

/// <summary>Numbers in tables.</summary>
internal static class Numerals
{
    /// <summary>A logit or a part of one: always signed, with the minus sign, never
    /// −0.00.</summary>
    public static string Signed(double value, int decimals = 2)
    {
        string digits = Math.Abs(value).ToString($"F{decimals}", CultureInfo.InvariantCulture);
        bool zero = digits.All(digit => digit is '0' or '.');
        return zero ? digits : (value < 0 ? "−" : "+") + digits;
    }

    /// <summary>A score or a probability.</summary>
    public static string Score(double value) => value is > 0 and < 0.005
        ? "<0.01" : value.ToString("F2", CultureInfo.InvariantCulture).Replace('-', '−');

    /// <summary>Any number, signed where it is negative, with the minus sign, never
    /// −0.000.</summary>
    public static string Plain(double value, int decimals = 3) =>
        Signed(value, decimals).TrimStart('+');

    /// <summary>A residual: one digit and its power of ten.</summary>
    public static string Tiny(double value) =>
        value.ToString("0e-00", CultureInfo.InvariantCulture);
}
