namespace Vitrine.Models;

/// <summary>Rules that fields of a config or recipe obey.</summary>
internal static class ConfigRule
{
    /// <exception cref="InvalidDataException">The value is out of range.</exception>
    public static void Range(
        string field, double value, double least, double most, string of = "TransformerConfig")
    {
        if (!(value >= least && value <= most))
        {
            throw new InvalidDataException(
                $"{of}: {field} must be {least} … {most}; got {value}.");
        }
    }

    /// <exception cref="InvalidDataException">The value has no name.</exception>
    public static void Known<T>(string field, T value, string of = "TransformerConfig")
        where T : struct, Enum
    {
        if (!Enum.IsDefined(value))
        {
            throw new InvalidDataException(
                $"{of}: {field} must be one of "
                + $"{string.Join(", ", Enum.GetNames<T>())}; got {value}.");
        }
    }
}
