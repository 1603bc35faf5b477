using System.Globalization;

namespace Vitrine.Interp.Tests;

/// <summary>Numbers as de-DE writes them: the cultures themselves are not there where only the
/// invariant one is built in.</summary>
internal static class Commas
{
    public static CultureInfo Culture { get; } = Make();

    private static CultureInfo Make()
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat.NumberDecimalSeparator = ",";
        culture.NumberFormat.NumberGroupSeparator = ".";
        culture.NumberFormat.PercentDecimalSeparator = ",";
        culture.NumberFormat.PercentGroupSeparator = ".";
        return culture;
    }
}
